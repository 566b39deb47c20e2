"""Errors that gains imply, against DeLong's variance.

`benchmarks/detectable_difference.py` compares them with cohorts drawn anew.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from sklearn.metrics import brier_score_loss

from lnmbench.stats.discrimination import auc
from lnmbench.stats.new_cohort import GainCurve, NewCohort, estimate_new_cohort, simulate_gains
from lnmbench.stats.resampled import minimum_detectable_difference

LEVEL = 0.975


def delong_error(auc_a: float, gain: float, m: int, n: int) -> float:
    """Return the error of the difference of binormal AUCs with the correlation d_a / d_b."""

    def both(x: float, y: float, r: float) -> float:
        return float(multivariate_normal.cdf([x, y], mean=[0, 0], cov=[[1, r], [r, 1]]))

    a, b = norm.ppf(auc_a), norm.ppf(auc_a + gain)
    variance = both(a, a, 0.5) + both(b, b, 0.5) - 2 * both(a, b, a / b / 2) - gain**2
    return math.sqrt(variance * (1 / m + 1 / n))


def test_the_error_of_a_gain_in_auc_is_delongs_for_binormal_scores() -> None:
    curve = simulate_gains(auc, auc=0.74, positives=60, negatives=140, draws=800)
    expected = [delong_error(0.74, gain, 60, 140) for gain in curve.gains]
    assert curve.errors == pytest.approx(expected, rel=0.08)
    assert curve.gains[0] < 0.01
    separation = math.hypot(3.5, math.sqrt(2) * norm.ppf(0.74))
    assert curve.gains[-1] == pytest.approx(norm.cdf(separation / math.sqrt(2)) - 0.74, abs=0.005)


def test_errors_of_large_cohorts_scale_with_the_number_of_cases() -> None:
    few, many = (simulate_gains(auc, auc=0.7, positives=k * 300, negatives=k * 700) for k in (1, 4))
    assert many.errors == pytest.approx(few.errors / 2)


def test_a_metric_where_lower_is_better_has_positive_gains() -> None:
    curve = simulate_gains(brier_score_loss, auc=0.7, positives=40, negatives=60, draws=40)
    assert (np.diff(curve.gains) >= 0.0).all()
    assert 0.0 < curve.gains[0] < curve.gains[-1] < 0.24


def test_without_implied_errors_it_is_the_corrected_test() -> None:
    differences = np.random.default_rng(0).normal(0.01, 0.03, (4, 5))
    flat = GainCurve(gains=np.array([0.1, 0.3]), errors=np.zeros(2))
    cohort = estimate_new_cohort(
        differences, test_train_ratio=1 / 4, placement_correlation=0.9, curve=flat
    )
    expected = minimum_detectable_difference(differences, test_train_ratio=1 / 4, level=LEVEL)
    assert cohort.detectable(level=LEVEL) == pytest.approx(expected, abs=1e-4)
    assert cohort.power(expected, level=LEVEL) == pytest.approx(0.8)


def test_power_is_80_percent_at_the_detectable_difference() -> None:
    curve = simulate_gains(auc, auc=0.75, positives=60, negatives=140)
    cohort = NewCohort(observed_error=0.005, df=19, share=1.4, curve=curve)
    size = cohort.detectable(level=LEVEL)
    assert cohort.power(size, level=LEVEL) == pytest.approx(0.8, abs=0.002)
    few = simulate_gains(auc, auc=0.75, positives=4, negatives=8)
    tiny = NewCohort(observed_error=0.005, df=19, share=1.4, curve=few)
    assert math.isinf(tiny.detectable(level=LEVEL))
