"""Probabilities depend on the order of float32 sums by rounding alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lnmbench.nets.fit_results import FitResults

if TYPE_CHECKING:
    from collections.abc import Callable


def make_results(probabilities: Any, best_epoch: Any) -> FitResults:
    epochs = np.asarray(best_epoch)
    return FitResults(
        probabilities={"target": np.asarray(probabilities, dtype=float)[..., None]},
        best_epoch=epochs,
        best_loss=np.zeros(len(epochs)),
        epochs=epochs,
        history=(),
    )


@pytest.mark.parametrize("network", ["components", "transformer", "paper"])
def test_stacks_and_products_change_probabilities_by_rounding(
    run: Callable[[str], str], network: str
) -> None:
    small = "--fits 4 --cases 48 --slices 2 --dim 32 --epochs 6"
    printed = run(f"agreement --network {network} {small}")
    *lines, memory = printed.splitlines()
    assert memory.startswith("peak memory: cpu ")
    assert [line.split(":")[0] for line in lines] == [
        f"{network}, {way} against stacked" for way in ("alone", "split")
    ]
    for line in lines:
        assert "the same best epoch in 4 of 4 fits" in line
        assert line.endswith("reached)")
        assert "not reached" not in line
    (largest,) = re.findall(r"split .* the largest difference (\S+);", printed)
    assert float(largest) > 0, "another order of summation must be another rounding"


def test_targets_can_be_missed(script: Callable[[str], Any]) -> None:
    compare = script("agreement").compare
    probabilities = np.full((2, 500), 0.5)
    probabilities[:, 400:] = np.nan
    first = make_results(probabilities, [3, 5])
    near, far = probabilities.copy(), probabilities.copy()
    near[0, :5] += 9e-4
    near[1] += 5e-5
    far[0, 0] += 2e-3
    agreement = compare(first, make_results(near, [3, 5]))
    assert len(agreement.differences) == 800
    assert agreement.largest == pytest.approx(9e-4)
    assert agreement.share_99 == pytest.approx(5e-5)
    assert agreement.is_reached
    assert not compare(first, make_results(far, [3, 5])).is_reached
    assert not compare(first, make_results(probabilities + 2e-4, [3, 5])).is_reached
    assert not compare(first, replace(first, best_epoch=np.array([3, 6]))).is_reached
    diverged = probabilities.copy()
    diverged[0] = np.nan
    assert not compare(first, make_results(diverged, [3, 5])).is_reached
