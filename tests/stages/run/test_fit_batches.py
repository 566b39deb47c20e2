"""Batches of fits whose predictions with permuted inputs take less memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench import Cohort
from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.parallel import train
from lnmbench.records import Choice, NetworkMethod, Plan, Training, UnitResult, Weights
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.groups import search_groups
from lnmbench.stages.run import fit_batches
from lnmbench.stages.run.chunk import NetworkChunk
from lnmbench.stages.run.networks import network_results

METHOD = NetworkMethod(
    label="none",
    encoder=Choice(name="none"),
    level="none",
    weights=Weights(source="none"),
    training=Training(max_epochs=3, patience=3),
    tune=4,
)


def run(cohort: Cohort, plan: Plan) -> list[UnitResult]:
    registry = Registry()
    chunk = NetworkChunk(
        method=METHOD,
        groups=search_groups(METHOD, plan.protocol.seed, registry),
        repeat=0,
        plan=plan,
        cohort_file=Path(),
        features=None,
        importance=9,
    )
    return network_results(chunk, cohort, registry)


@pytest.mark.parametrize(("limit", "most"), [(50_000, 12), (1, 2)])
def test_many_permuted_predictions_are_made_in_batches(
    limit: int,
    most: int,
    make_cohort: Callable[..., Cohort],
    plan: Plan,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cohort = make_cohort(30)
    whole = run(cohort, plan)
    counts = []

    def count_fits(inputs: Inputs, fits: Fits, *args: Any, **options: Any) -> FitResults:
        counts.append(len(fits))
        return train(inputs, fits, *args, **options)

    monkeypatch.setattr("lnmbench.nets.parallel.train", count_fits)
    monkeypatch.setattr(fit_batches, "PERMUTED_BYTES", limit)
    in_batches = run(cohort, plan)
    assert sum(counts) == 4 * 3 * 2
    assert max(counts) == most
    for expected, result in zip(whole, in_batches, strict=True):
        assert result.settings == expected.settings
        assert [trial.candidate for trial in result.search] == [1, 2, 3, 4]
        np.testing.assert_allclose(
            result.test["target"], expected.test["target"], atol=1e-4, equal_nan=True
        )
        for permuted, other in zip(result.permuted, expected.permuted, strict=True):
            assert (permuted.kind, permuted.name) == (other.kind, other.name)
            np.testing.assert_allclose(permuted.values, other.values, atol=1e-4)
