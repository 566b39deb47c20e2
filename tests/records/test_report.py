"""Results of a method, as report sections read them."""

from __future__ import annotations

from lnmbench.records import BaselineMethod, Choice, MethodResult

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


def test_a_method_is_complete_with_all_units() -> None:
    assert MethodResult(method=METHOD, units_done=6, units_all=6).complete
    assert not MethodResult(method=METHOD, units_done=5, units_all=6).complete
