"""The stacked trainer ends where an ordinary PyTorch loop ends."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from module_files import load_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "speed" / "stacked.py"


@pytest.fixture
def side_by_side(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(SCRIPT.parent)
    module = load_module(SCRIPT, "speed_stacked")
    yield module
    del sys.modules[module.__name__]


def test_same_start_and_order_end_in_the_same_probabilities(side_by_side: ModuleType) -> None:
    inputs, fits = side_by_side.make_inputs_and_fits(fits=3, cases=50, slices=4, dim=40)
    settings = replace(
        side_by_side.PLAIN,
        token_dim=16,
        batch_size=12,
        max_epochs=5,
        learning_rate=3e-3,
        clip=0.3,
    )
    assert side_by_side.agreement(inputs, fits, settings) < 1e-4


def test_the_default_network_ends_in_the_same_probabilities(side_by_side: ModuleType) -> None:
    inputs, fits = side_by_side.make_inputs_and_fits(fits=3, cases=50, slices=4, dim=40)
    settings = replace(
        side_by_side.NETWORKS["default"], token_dim=16, batch_size=12, max_epochs=5, patience=5
    )
    assert side_by_side.agreement(inputs, fits, settings) < 1e-5


def test_stacked_against_the_plain_loop(run: Callable[[str], str]) -> None:
    small = "--token-dim 8 --cases 20 --slices 3 --epochs 1 --rounds 2 --processes 0"
    printed = run(f"stacked --network transformer --dim 16,12 --fits 3,1 {small}")
    differences = re.findall(r"agreement: .* differ by (\S+)", printed)
    assert len(differences) == 4
    assert max(map(float, differences)) < 1e-4
    for way in ("loader", "indexed"):
        assert len(re.findall(rf"median: {way} .*: ratio [\d.]+ ×", printed)) == 4
    assert printed.count("(target 1 ×: ") == 2, "one fit is no slower than the plain loop"


def test_joblib_trains_as_the_plain_loop_does(run: Callable[[str], str]) -> None:
    small = "--dim 16 --token-dim 8 --cases 20 --slices 3 --epochs 1 --rounds 1 --processes 1"
    assert re.search(r"median: joblib .*: ratio", run(f"stacked --fits 2 {small}"))
