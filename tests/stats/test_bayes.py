"""The correlated Bayesian test, against baycomp."""

from __future__ import annotations

import math

import baycomp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnmbench.stats.bayes import bayesian_correlated_ttest
from lnmbench.stats.resampled import corrected_resampled_ttest


@pytest.mark.parametrize(("repeats", "folds", "rope"), [(10, 10, 0.01), (2, 5, 0.05), (1, 3, 0.0)])
def test_equals_baycomp(repeats: int, folds: int, rope: float) -> None:
    rng = np.random.default_rng(folds)
    a = rng.uniform(0.6, 0.8, size=(repeats, folds))
    b = a + rng.normal(0.008, 0.03, size=a.shape)
    oracle = baycomp.CorrelatedTTest(a.ravel(), b.ravel(), rope, runs=repeats)
    posterior = bayesian_correlated_ttest(b - a, folds=folds, rope=rope)
    assert posterior.mean == pytest.approx(oracle.mean)
    assert posterior.scale == pytest.approx(math.sqrt(oracle.var))
    assert posterior.df == oracle.df
    worse, *equivalent, better = oracle.probs()
    assert posterior.worse == pytest.approx(worse)
    assert posterior.better == pytest.approx(better)
    assert posterior.equivalent == pytest.approx(equivalent[0] if equivalent else 0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("value", "most"),
    [(0.1, "better"), (-0.1, "worse"), (0.0, "equivalent"), (0.01, "equivalent")],
)
def test_without_spread_all_is_believed_of_the_one_value(value: float, most: str) -> None:
    posterior = bayesian_correlated_ttest(np.full(100, value), folds=10, rope=0.01)
    assert (posterior.mean, posterior.scale) == (value, 0.0)
    assert getattr(posterior, most) == 1.0
    assert posterior.worse + posterior.equivalent + posterior.better == 1.0


@given(
    st.lists(st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=2, max_size=30),
    st.integers(2, 10),
    st.floats(0, 0.3),
)
@settings(max_examples=50, deadline=None)
def test_swapping_the_methods_swaps_better_and_worse(
    values: list[float], folds: int, rope: float
) -> None:
    item = bayesian_correlated_ttest(values, folds=folds, rope=rope)
    other = bayesian_correlated_ttest([-value for value in values], folds=folds, rope=rope)
    assert (item.worse, item.equivalent) == pytest.approx((other.better, other.equivalent))
    assert item.worse + item.equivalent + item.better == pytest.approx(1.0)


def test_without_rope_half_the_p_value_is_the_belief_in_the_other_sign() -> None:
    d = np.random.default_rng(1).normal(0.01, 0.03, size=(5, 10))
    posterior = bayesian_correlated_ttest(d, folds=10, rope=0.0)
    test = corrected_resampled_ttest(d, test_train_ratio=1 / 9)
    assert min(posterior.worse, posterior.better) == pytest.approx(test.pvalue / 2)


@pytest.mark.parametrize(
    ("values", "folds", "rope", "message"),
    [
        ([0.1, math.nan], 5, 0.01, "differences: 1 of 2"),
        ([0.1], 5, 0.01, "differences: expected at least 2"),
        ([0.1, 0.2], 1, 0.01, "folds: expected at least 2, got 1"),
        ([0.1, 0.2], 5, -0.01, "rope: expected"),
        ([0.1, 0.2], 5, math.nan, "rope: expected"),
    ],
)
def test_what_has_no_posterior_is_refused(
    values: list[float], folds: int, rope: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        bayesian_correlated_ttest(values, folds=folds, rope=rope)
