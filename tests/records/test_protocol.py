"""Protocols and splits."""

from __future__ import annotations

from lnmbench.records import Plan, Protocol


def test_a_protocol_counts_its_units_and_names_its_folds() -> None:
    protocol = Protocol(repeats=10, folds=5, inner=4)
    assert str(protocol) == "10 × 5 × 4"
    assert protocol.units == 50
    assert protocol.test_train_ratio == 0.25


def test_units_run_repeat_by_repeat(plan: Plan) -> None:
    units = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert list(plan.splits.units()) == units
    assert len(units) == plan.protocol.units
