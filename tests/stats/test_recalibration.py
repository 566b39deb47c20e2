"""Calibration in numbers against scikit-learn, a root finder and the information matrix."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from lnmbench.stats.recalibration import calibration


def cohort(n: int, *, intercept: float, slope: float, seed: int = 0) -> np.ndarray:
    """Return labels and probabilities, (2, n), with that calibration."""
    random = np.random.default_rng(seed)
    x = random.normal(-0.8, 1.2, n)
    return np.stack([random.random(n) < expit(intercept + slope * x), expit(x)]).astype(float)


def test_agrees_with_an_unpenalised_regression_and_its_information() -> None:
    y, p = cohort(300, intercept=0.3, slope=0.6)
    result = calibration(y, p, level=0.9)
    x = logit(p)
    fit = LogisticRegression(C=math.inf, tol=1e-10, max_iter=1000).fit(x[:, None], y)
    assert result.intercept == pytest.approx(fit.intercept_[0], abs=1e-5)
    assert result.slope == pytest.approx(fit.coef_[0, 0], abs=1e-5)
    design, mu = np.column_stack([np.ones(300), x]), fit.predict_proba(x[:, None])[:, 1]
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ (design * (mu * (1 - mu))[:, None]))))
    z = stats.norm.ppf(0.95)
    for estimate, interval, error in (
        (result.intercept, result.intercept_interval, errors[0]),
        (result.slope, result.slope_interval, errors[1]),
    ):
        half = pytest.approx(z * error, rel=1e-4)
        assert (estimate - interval.low, interval.high - estimate) == (half, half)
        assert interval.level == 0.9


def test_agrees_with_r() -> None:
    # R 4.2.2: f <- glm(y ~ qlogis(p), family = binomial); coef(f); confint.default(f)
    #          g <- glm(y ~ offset(qlogis(p)), family = binomial); likewise
    y = [0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0]
    p = [0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.15, 0.4, 0.45, 0.3, 0.9, 0.55]
    result = calibration(y, p)
    for estimate, interval, expected in (
        (result.intercept, result.intercept_interval, (-0.1776269339, -1.5992352802, 1.243981412)),
        (result.slope, result.slope_interval, (1.3034715592, -0.2171544183, 2.824097537)),
        (result.in_the_large, result.in_the_large_interval, (-0.20347610, -1.52868941, 1.12173720)),
    ):
        assert (estimate, interval.low, interval.high) == pytest.approx(expected, abs=2e-5)


def test_in_the_large_is_the_offset_that_makes_expected_equal_observed() -> None:
    y, p = cohort(200, intercept=-0.7, slope=1.0)
    result = calibration(y, p)
    root = optimize.brentq(lambda a: expit(a + logit(p)).sum() - y.sum(), -5, 5)
    assert result.in_the_large == pytest.approx(root, abs=1e-6)
    mu = expit(root + logit(p))
    half = stats.norm.ppf(0.975) / math.sqrt(np.sum(mu * (1 - mu)))
    assert result.in_the_large_interval.high == pytest.approx(root + half, abs=1e-5)


def test_in_the_large_is_found_among_saturated_probabilities() -> None:
    result = calibration([1] * 10 + [0] * 10, [0] + [1] * 9 + [0] * 10)
    assert result.in_the_large == pytest.approx(11.51, abs=0.01)
    random = np.random.default_rng(2)
    for _ in range(200):
        n = int(random.integers(4, 60))
        y = (random.permutation(n) < random.integers(1, n)).astype(float)
        extreme = random.choice([0.0, 1e-9, 0.01, 0.5, 1.0 - 1e-9, 1.0], n)
        p = np.where(random.random(n) < random.random(), extreme, random.random(n))
        result = calibration(y, p)
        mu = expit(logit(p.clip(1e-6, 1 - 1e-6)) + result.in_the_large)
        assert mu.sum() == pytest.approx(y.sum(), abs=1e-6)
        bounds, half = result.in_the_large_interval, 1.96 / math.sqrt(np.sum(mu * (1 - mu)))
        assert bounds.high - result.in_the_large == pytest.approx(half, rel=1e-3)


def test_observed_expected_and_brier() -> None:
    y, p = cohort(150, intercept=0.5, slope=1.0)
    result = calibration(y, p)
    assert result.observed_expected == pytest.approx(y.sum() / p.sum())
    error = math.sqrt((1 - y.mean()) / y.sum())
    interval = result.observed_expected_interval
    assert math.log(interval.high / result.observed_expected) == pytest.approx(
        1.96 * error, rel=1e-4
    )
    assert interval.low * interval.high == pytest.approx(result.observed_expected**2)
    assert result.brier == pytest.approx(np.mean((y - p) ** 2))
    assert result.scaled_brier == pytest.approx(1 - result.brier / np.var(y))


def test_finds_the_truth_of_many_cases_and_covers_it() -> None:
    y, p = cohort(20_000, intercept=0.4, slope=0.7)
    result = calibration(y, p)
    assert result.intercept_interval.low < 0.4 < result.intercept_interval.high
    assert result.slope_interval.low < 0.7 < result.slope_interval.high
    assert result.slope_interval.high - result.slope_interval.low < 0.1


def test_the_prevalence_for_all_has_no_slope_and_is_calibrated_in_the_large() -> None:
    y = np.array([0, 0, 0, 1.0])
    noise = np.array([0.0, 1e-16, -1e-16, 2e-16])  # of an average over repeats
    result = calibration(y, 0.25 + noise)
    assert math.isnan(result.slope)
    assert math.isnan(result.intercept)
    assert math.isnan(result.slope_interval.low)
    assert result.in_the_large == pytest.approx(0.0, abs=1e-9)
    assert result.observed_expected == pytest.approx(1.0)
    assert result.scaled_brier == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("p", "slope"), [([0.1, 0.2, 0.8], math.inf), ([0.9, 0.8, 0.1], -math.inf)]
)
def test_separated_classes_have_no_finite_slope(p: list[float], slope: float) -> None:
    result = calibration([0, 0, 1], p)
    assert result.slope == slope
    assert math.isnan(result.intercept)
    assert math.isnan(result.slope_interval.high)
    assert math.isfinite(result.in_the_large)


def test_a_tie_at_the_border_is_separated_too() -> None:
    assert calibration([0, 0, 1, 1], [0.1, 0.5, 0.5, 0.9]).slope == math.inf


def test_certainty_is_taken_for_almost_certain() -> None:
    y, p = cohort(100, intercept=0.0, slope=1.0)
    certain = p.copy()
    certain[:2] = 0.0, 1.0
    almost = p.copy()
    almost[:2] = 1e-6, 1 - 1e-6
    assert calibration(y, certain).slope == pytest.approx(calibration(y, almost).slope)
    assert math.isfinite(calibration(y, certain).in_the_large)
    assert calibration([0, 1], [0.0, 0.0]).observed_expected == math.inf


@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([1, 1], [0.2, 0.3], "both classes"),
        ([0, 1], [0.2, math.nan], "probabilities: 1 of 2"),
        ([0, 1], [0.2, 1.5], "probabilities: expected within"),
        ([0, math.nan], [0.2, 0.3], "labels: 1 of 2"),
        ([0, 1, 1], [0.2, 0.3], "probabilities: expected one for each of 3"),
    ],
)
def test_what_has_no_calibration_is_refused(y, p, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        calibration(y, p)
    with pytest.raises(ValueError, match="level"):
        calibration([0, 1], [0.2, 0.3], level=95)
