"""Holm's adjustment against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from lnmbench.stats.multiplicity import holm


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=50, deadline=None)
def test_is_the_step_down_procedure(pvalues: list[float]) -> None:
    adjusted = holm(pvalues)
    highest, expected = 0.0, dict.fromkeys(range(len(pvalues)), 0.0)
    for rank, index in enumerate(np.argsort(pvalues, kind="stable")):
        highest = max(highest, min(1.0, (len(pvalues) - rank) * pvalues[index]))
        expected[int(index)] = highest
    assert adjusted.tolist() == pytest.approx(list(expected.values()))


def test_values_are_those_of_statsmodels() -> None:
    pvalues = np.random.default_rng(0).uniform(size=200).round(2) ** 3
    np.testing.assert_array_equal(holm(pvalues), multipletests(pvalues, method="holm")[1])


def test_empty_family_stays_empty() -> None:
    assert holm([]).shape == (0,)


@pytest.mark.parametrize("wrong", [[0.1, math.nan], [1.2], [-0.1, 0.5]])
def test_what_is_no_p_value_is_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="p values: "):
        holm(wrong)
