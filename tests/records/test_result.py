"""Units and their costs."""

from __future__ import annotations

from lnmbench.records import Cost, Unit


def test_units_sort_by_method_repeat_and_fold() -> None:
    units = [
        Unit(method=m, repeat=r, fold=f) for m, r, f in [("b", 0, 0), ("a", 1, 0), ("a", 0, 2)]
    ]
    assert [(u.method, u.repeat, u.fold) for u in sorted(units)] == [
        ("a", 0, 2),
        ("a", 1, 0),
        ("b", 0, 0),
    ]
    assert len({*units, Unit(method="b", repeat=0, fold=0)}) == 3


def test_a_method_without_finished_units_costs_nothing() -> None:
    assert Cost() == Cost(fits=0, epochs=0, seconds=0.0, device_seconds=0.0, memory_mb=0.0)
