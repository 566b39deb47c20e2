"""Results of a method, as report sections read them."""

from __future__ import annotations

import numpy as np

from lnmbench.records import BaselineMethod, Choice, MethodResult

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


def test_a_method_is_complete_with_all_units() -> None:
    assert MethodResult(method=METHOD, units_done=6, units_all=6).complete
    assert not MethodResult(method=METHOD, units_done=5, units_all=6).complete


def test_the_probability_of_a_case_is_its_mean_over_the_repeats() -> None:
    predicted = np.array([[0.1, 0.9], [0.3, 0.7]])
    result = MethodResult(method=METHOD, units_done=2, units_all=2, predicted=predicted)
    np.testing.assert_allclose(result.probability, [0.2, 0.8])
