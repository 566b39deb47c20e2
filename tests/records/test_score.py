"""Estimates and test results."""

from __future__ import annotations

import math

from lnmbench.records import Estimate, TestResult


def test_an_undefined_interval_is_nan() -> None:
    estimate = Estimate(value=0.8)
    assert math.isnan(estimate.low)
    assert math.isnan(estimate.high)


def test_a_bayesian_result_has_no_p_value() -> None:
    result = TestResult(
        estimate=0.01,
        low=-0.01,
        high=0.03,
        statistic=1.0,
        df=9,
        worse=0.1,
        equivalent=0.6,
        better=0.3,
    )
    assert math.isnan(result.pvalue)
    assert result.worse + result.equivalent + result.better == 1.0
