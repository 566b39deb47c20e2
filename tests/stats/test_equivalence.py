"""Two one-sided tests, against statsmodels and against what they must cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from lnmbench.stats.equivalence import margin_test


def test_p_values_are_those_of_statsmodels() -> None:
    d = np.random.default_rng(0).normal(0.004, 0.05, 40)
    described = DescrStatsW(d)
    test = margin_test(d.mean(), d.std(ddof=1) / math.sqrt(40), 39, margin=0.02)
    p, (_, worse, _), (_, better, _) = described.ttost_mean(-0.02, 0.02)
    assert test.equivalence == pytest.approx(p) == pytest.approx(max(worse, better))
    assert test.noninferiority == pytest.approx(worse)
    low, high = described.tconfint_mean(alpha=0.1)
    assert (test.interval.low, test.interval.high) == pytest.approx((low, high))
    assert test.interval.level == pytest.approx(0.9)


def test_equivalence_is_the_90_percent_interval_within_the_margin() -> None:
    for estimate in np.linspace(-0.03, 0.03, 25):
        test = margin_test(estimate, 0.008, 19, margin=0.02)
        within = test.interval.low > -0.02 and test.interval.high < 0.02
        assert (test.equivalence < 0.05) == within


def test_at_the_margin_equivalence_is_claimed_in_five_percent() -> None:
    means = 0.02 + 0.005 * np.random.default_rng(1).normal(size=4000)
    claimed = np.mean(
        [margin_test(m, 0.005, math.inf, margin=0.02).equivalence < 0.05 for m in means]
    )
    assert claimed == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize(("estimate", "p"), [(0.0, 0.0), (0.02, 1.0), (-0.03, 1.0)])
def test_an_exact_difference_is_within_the_margin_or_not(estimate: float, p: float) -> None:
    assert margin_test(estimate, 0.0, 9, margin=0.02).equivalence == p


@pytest.mark.parametrize("margin", [0.0, -0.1, math.nan, math.inf])
def test_a_margin_must_be_positive(margin: float) -> None:
    with pytest.raises(ValueError, match="expected a positive number"):
        margin_test(0.0, 0.01, 9, margin=margin)
