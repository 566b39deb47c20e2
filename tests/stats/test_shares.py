"""Averaged shares against resampled patients and Wilson's interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from lnmbench.stats.shares import mean_share, wilson


def test_the_interval_of_an_average_is_that_of_new_patients() -> None:
    # each patient is called with a probability of its own, anew in each repeat
    random, inside = np.random.default_rng(0), []
    for _ in range(400):
        chance = random.beta(3.0, 1.0, 80)
        event = random.random((4, 80)) < chance
        share = mean_share(event, np.ones((4, 80), dtype=bool))
        inside.append(share.interval.low <= 0.75 <= share.interval.high)
    assert 0.92 < np.mean(inside) < 0.98


def test_equal_repeats_are_one() -> None:
    event = np.arange(30) < 11
    share = mean_share(np.tile(event, (6, 1)), np.ones((6, 30), dtype=bool))
    expected = stats.binomtest(11, 30).proportion_ci(method="wilson")
    assert (share.interval.low, share.interval.high) == pytest.approx(tuple(expected))


def test_no_member_in_any_repeat_is_no_share() -> None:
    share = mean_share(np.ones((2, 3), dtype=bool), np.zeros((2, 3), dtype=bool), level=0.9)
    assert math.isnan(share.estimate)
    assert math.isnan(share.interval.high)
    assert share.interval.level == 0.9


def test_wilson_takes_numbers_that_are_not_whole() -> None:
    low, high = wilson(np.array([3.0, 2.5]), np.array([10.0, 7.3]), 0.95)
    assert (low[0], high[0]) == pytest.approx(proportion_confint(3, 10, method="wilson"))
    z, share, n = stats.norm.ppf(0.975), 2.5 / 7.3, 7.3
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    assert (low[1], high[1]) == pytest.approx((middle - half, middle + half))
