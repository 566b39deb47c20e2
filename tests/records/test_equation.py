"""Records of linear models."""

from __future__ import annotations

from lnmbench.records import FinalModel, LinearEquation, LinearTerm, UnitEquations
from lnmbench.store import serialization


def test_equations_are_read_as_they_were_written() -> None:
    term = LinearTerm(feature="site", category="left", coefficient=-1e-5)
    equation = LinearEquation(intercept=0.25, terms=(term,))
    unit = UnitEquations(fits=((equation,), (equation,)))
    model = FinalModel(
        settings={"C": 0.1, "penalty": None}, chosen=3, units=10, cases=30, equations=(equation,)
    )
    assert serialization.unpack(UnitEquations, serialization.pack(unit)) == unit
    assert serialization.unpack(FinalModel, serialization.pack(model)) == model
