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
    y, p = cohort(2000, intercept=0.3, slope=0.6)
    result = calibration(y, p, level=0.9)
    x = logit(p)
    fit = LogisticRegression(C=math.inf, tol=1e-10, max_iter=1000).fit(x[:, None], y)
    assert result.intercept == pytest.approx(fit.intercept_[0], abs=1e-5)
    assert result.slope == pytest.approx(fit.coef_[0, 0], abs=1e-5)
    # for a model that holds, the bootstrap agrees with Wald's interval
    design, mu = np.column_stack([np.ones(2000), x]), fit.predict_proba(x[:, None])[:, 1]
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ (design * (mu * (1 - mu))[:, None]))))
    z = stats.norm.ppf(0.95)
    for estimate, interval, error in (
        (result.intercept, result.intercept_interval, errors[0]),
        (result.slope, result.slope_interval, errors[1]),
    ):
        half = pytest.approx(z * error, rel=0.1)
        assert (estimate - interval.low, interval.high - estimate) == (half, half)
        assert interval.level == 0.9


def test_agrees_with_r() -> None:
    # R 4.2.2: f <- glm(y ~ qlogis(p), family = binomial); coef(f)
    #          g <- glm(y ~ offset(qlogis(p)), family = binomial); likewise
    y = [0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0]
    p = [0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.15, 0.4, 0.45, 0.3, 0.9, 0.55]
    result = calibration(y, p)
    estimates = (result.intercept, result.slope, result.in_the_large)
    assert estimates == pytest.approx((-0.1776269339, 1.3034715592, -0.20347610), abs=2e-5)


def draw_repeats(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,) and probabilities of four repeats that differ, (4, n)."""
    random = np.random.default_rng(seed)
    x = random.normal(-0.8, 1.2, n)
    y = (random.random(n) < expit(x)).astype(float)
    return y, expit(x + 0.8 * random.normal(size=(4, n)))


def test_each_repeat_is_assessed_and_the_measures_are_averaged() -> None:
    y, p = draw_repeats(300)
    together, each = calibration(y, p), [calibration(y, repeat) for repeat in p]
    for name in ("intercept", "slope", "in_the_large", "observed_expected", "brier"):
        expected = np.mean([getattr(repeat, name) for repeat in each])
        assert getattr(together, name) == pytest.approx(expected), name
    averaged = calibration(y, p.mean(axis=0))
    assert averaged.slope > together.slope + 0.1, "an average is a larger ensemble"


def fit_by_newton(y: np.ndarray, design: np.ndarray) -> np.ndarray:
    """Return the coefficients of a logistic regression."""
    coefficients = np.zeros(2)
    for _ in range(8):
        mu = expit(design @ coefficients)
        information = design.T @ (design * (mu * (1 - mu))[:, None])
        coefficients += np.linalg.solve(information, design.T @ (y - mu))
    return coefficients


def test_intervals_are_those_of_regressions_fitted_anew_to_resampled_patients() -> None:
    y, p = draw_repeats(250, seed=1)
    result, random = calibration(y, p), np.random.default_rng(2)
    designs, slopes, ratios = [np.column_stack([np.ones(250), x]) for x in logit(p)], [], []
    for _ in range(400):
        rows = random.integers(0, 250, 250)
        slopes.append(np.mean([fit_by_newton(y[rows], x[rows])[1] for x in designs]))
        ratios.append(np.mean(y[rows].sum() / p[:, rows].sum(axis=1)))
    for interval, drawn in (
        (result.slope_interval, slopes),
        (result.observed_expected_interval, ratios),
    ):
        low, high = np.quantile(drawn, [0.025, 0.975])
        assert interval.high - interval.low == pytest.approx(high - low, rel=0.15)
        assert interval.low == pytest.approx(low, abs=0.15 * (high - low))


def test_cases_of_one_patient_count_as_one_patient() -> None:
    y, p = draw_repeats(80)
    single = calibration(y, p)
    twice = calibration(np.tile(y, 2), np.tile(p, 2), patients=np.tile(np.arange(80), 2))
    a, b = single.slope_interval, twice.slope_interval
    assert (a.low, a.high) == pytest.approx((b.low, b.high))


def test_one_repeat_without_a_slope_leaves_none() -> None:
    y, p = draw_repeats(60)
    constant = calibration(y, np.stack([p[0], np.full(60, 0.3)]))
    assert math.isnan(constant.slope)
    separated = calibration(y, np.stack([p[0], 0.1 + 0.8 * y]))
    assert separated.slope == math.inf
    for result in (constant, separated):
        assert math.isnan(result.intercept)
        assert math.isnan(result.slope_interval.low)
        assert math.isfinite(result.in_the_large_interval.high)


def test_in_the_large_is_the_offset_that_makes_expected_equal_observed() -> None:
    y, p = cohort(2000, intercept=-0.7, slope=1.0)
    result = calibration(y, p)
    root = optimize.brentq(lambda a: expit(a + logit(p)).sum() - y.sum(), -5, 5)
    assert result.in_the_large == pytest.approx(root, abs=1e-6)
    mu = expit(root + logit(p))
    half = stats.norm.ppf(0.975) / math.sqrt(np.sum(mu * (1 - mu)))
    assert result.in_the_large_interval.high == pytest.approx(root + half, abs=0.1 * half)


def test_in_the_large_is_found_among_saturated_probabilities() -> None:
    result = calibration([1] * 10 + [0] * 10, [0] + [1] * 9 + [0] * 10)
    assert result.in_the_large == pytest.approx(11.51, abs=0.01)
    random = np.random.default_rng(2)
    for _ in range(200):
        n = int(random.integers(4, 60))
        y = (random.permutation(n) < random.integers(1, n)).astype(float)
        extreme = random.choice([0.0, 1e-9, 0.01, 0.5, 1.0 - 1e-9, 1.0], n)
        p = np.where(random.random(n) < random.random(), extreme, random.random(n))
        result = calibration(y, p, resamples=20)
        mu = expit(logit(p.clip(1e-6, 1 - 1e-6)) + result.in_the_large)
        assert mu.sum() == pytest.approx(y.sum(), abs=1e-6)
        bounds = result.in_the_large_interval
        assert math.isnan(bounds.low) or bounds.low <= result.in_the_large <= bounds.high


def test_observed_expected_and_brier() -> None:
    y, p = cohort(150, intercept=0.5, slope=1.0)
    result = calibration(y, p)
    assert result.observed_expected == pytest.approx(y.sum() / p.sum())
    interval = result.observed_expected_interval
    assert interval.low < result.observed_expected < interval.high
    assert result.brier == pytest.approx(np.mean((y - p) ** 2))
    assert result.scaled_brier == pytest.approx(1 - result.brier / np.var(y))


def test_finds_the_truth_of_many_cases_and_covers_it() -> None:
    y, p = cohort(20_000, intercept=0.4, slope=0.7)
    result = calibration(y, p, resamples=300)
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
