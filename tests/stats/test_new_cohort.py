"""Errors that gains imply, against DeLong's variance and against cohorts drawn anew."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import multivariate_normal, norm
from scipy.stats import t as student
from sklearn.metrics import brier_score_loss

from lnmbench.stats.discrimination import auc
from lnmbench.stats.new_cohort import GainCurve, NewCohort, new_cohort, simulate_gains
from lnmbench.stats.resampled import minimum_detectable_difference

REPEATS, FOLDS = 3, 10
CASES, SHARE = 200, 0.35
LEVEL = 0.975
WEIGHTS = np.full(6, 0.5)


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
    cohort = new_cohort(differences, test_train_ratio=1 / 4, placement_correlation=0.9, curve=flat)
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


def draw_differences(extra: float, seed: int) -> tuple[NDArray[np.float64], float]:
    """Return fold differences of two linear models of one drawn cohort, and the reference's AUC.

    The second model has one more feature, with the weight `extra`.
    """
    random = np.random.default_rng(seed)
    x = random.normal(size=(CASES, 7))
    logit = x @ np.r_[WEIGHTS, extra] - 0.75
    y = (random.random(CASES) < 1 / (1 + np.exp(-logit))).astype(float)
    differences, aucs = np.empty((REPEATS, FOLDS)), []
    for repeat in range(REPEATS):
        fold = np.empty(CASES, dtype=int)
        for label in (0.0, 1.0):
            cases = random.permutation(np.flatnonzero(y == label))
            fold[cases] = np.arange(cases.size) % FOLDS
        for k in range(FOLDS):
            train, test = fold != k, fold == k
            scores = []
            for features in (6, 7):
                inputs = x[train, :features]
                gram = inputs.T @ inputs + 5.0 * np.eye(features)
                beta = np.linalg.solve(gram, inputs.T @ (y[train] - y[train].mean()))
                scores.append(auc(y[test], x[test, :features] @ beta))
            differences[repeat, k] = scores[1] - scores[0]
            aucs.append(scores[0])
    return differences, float(np.mean(aucs))


def test_the_printed_difference_is_found_in_four_of_five_new_cohorts() -> None:
    df, factor = REPEATS * FOLDS - 1, 1 / (REPEATS * FOLDS) + 1 / (FOLDS - 1)
    null = [draw_differences(0.0, seed) for seed in range(60)]
    observed = float(np.sqrt(np.mean([d.var(ddof=1) * factor for d, _ in null])))
    reference = float(np.mean([value for _, value in null]))
    m = round(SHARE * CASES)
    curve = simulate_gains(auc, auc=reference, positives=m, negatives=CASES - m)
    share = 0.97 * FOLDS * factor
    cohort = NewCohort(observed_error=observed, df=df, share=share, curve=curve)
    # the weight of the feature with which the second model is better by the printed difference
    printed = cohort.detectable(level=LEVEL)
    weights = (0.9, 1.3, 1.8)
    drawn = [[draw_differences(w, 1000 + seed)[0] for seed in range(100)] for w in weights]
    gains = [float(np.mean(d)) for d in drawn]
    quantile = student.ppf((1 + LEVEL) / 2, df)
    found = [
        np.mean([d.mean() > quantile * math.sqrt(d.var(ddof=1) * factor) for d in group])
        for group in drawn
    ]
    assert gains[0] < printed < gains[-1]
    assert float(np.interp(printed, gains, found)) == pytest.approx(0.8, abs=0.08)
    # the spread of nearly equal models alone promised a difference that is hardly ever found
    naive = (quantile + student.ppf(0.8, df)) * observed
    assert naive < 0.6 * printed
    # and its error is that of the difference over newly drawn cohorts
    for gain, group in zip(gains, drawn, strict=True):
        over_cohorts = float(np.std([d.mean() for d in group], ddof=1))
        assert float(cohort.error(gain)) == pytest.approx(over_cohorts, rel=0.25)
