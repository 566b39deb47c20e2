"""Protocols and splits."""

from __future__ import annotations

from lnmbench.records import Plan, Protocol
from lnmbench.store.serialization import pack, unpack


def test_a_protocol_counts_its_units_and_names_its_folds() -> None:
    protocol = Protocol(repeats=10, folds=5, inner=4)
    assert str(protocol) == "10 × 5 × 4"
    assert protocol.units == 50
    assert protocol.test_train_ratio == 0.25


def test_units_run_repeat_by_repeat(plan: Plan) -> None:
    units = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert list(plan.splits.units()) == units
    assert len(units) == plan.protocol.units


def test_a_protocol_without_margins_is_stored_as_before_there_were_any() -> None:
    assert "margins" not in pack(Protocol())
    declared = Protocol(margins=(("auc", 0.02),))
    assert unpack(Protocol, pack(declared)) == declared
    assert declared != Protocol()
