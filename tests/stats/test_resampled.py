"""The corrected resampled t-test and its kin, against independent computations."""

from __future__ import annotations

import math

import baycomp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lnmbench.stats.resampled import (
    corrected_interval,
    corrected_resampled_ttest,
    minimum_detectable_difference,
    paired_ttest,
    power,
)

RATIO = 1 / 9


@pytest.fixture
def folds() -> np.ndarray:
    """Differences of (repeats, folds)."""
    return np.random.default_rng(3).normal(0.008, 0.03, size=(10, 10))


def test_by_hand() -> None:
    # deviations from d̄ = .02 are −.01, .01, 0, 0, so s² = 2e-4 / 3
    test = corrected_resampled_ttest([0.01, 0.03, 0.02, 0.02], test_train_ratio=1 / 3)
    error = math.sqrt(2e-4 / 3) * math.sqrt(1 / 4 + 1 / 3)
    assert test.estimate == pytest.approx(0.02)
    assert test.df == 3
    assert test.statistic == pytest.approx(0.02 / error)
    assert test.interval.high == pytest.approx(0.02 + 3.182446305284263 * error)
    assert test.interval.low == pytest.approx(0.02 - 3.182446305284263 * error)


def test_p_and_interval_agree_with_scipy_at_the_corrected_scale(folds: np.ndarray) -> None:
    test = corrected_resampled_ttest(folds, test_train_ratio=RATIO)
    scale = folds.std(ddof=1) * math.sqrt(1 / 100 + RATIO)
    law = stats.t(99, loc=folds.mean(), scale=scale)
    assert test.pvalue == pytest.approx(2 * min(law.cdf(0), law.sf(0)), rel=1e-10)
    assert (test.interval.low, test.interval.high) == pytest.approx(law.interval(0.95), rel=1e-10)


def test_equals_the_posterior_of_the_correlated_bayesian_test(folds: np.ndarray) -> None:
    # baycomp takes the scores of both methods and has the runs as an argument
    posterior = baycomp.CorrelatedTTest(np.zeros(100), -folds.ravel(), runs=10)
    test = corrected_resampled_ttest(folds, test_train_ratio=RATIO)
    assert abs(posterior.mean) == pytest.approx(abs(test.estimate))
    error = abs(test.estimate / test.statistic)
    assert math.sqrt(posterior.var) == pytest.approx(error)


def test_plain_t_equals_scipy(folds: np.ndarray) -> None:
    expected = stats.ttest_rel(folds.ravel(), np.zeros(100))
    test = paired_ttest(folds)
    assert test.statistic == pytest.approx(expected.statistic)
    assert test.pvalue == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval()
    assert (test.interval.low, test.interval.high) == pytest.approx((interval.low, interval.high))


def test_the_correction_of_ten_by_ten_folds_is_3_48_fold(folds: np.ndarray) -> None:
    corrected = corrected_resampled_ttest(folds, test_train_ratio=RATIO)
    assert paired_ttest(folds).statistic / corrected.statistic == pytest.approx(3.48, abs=0.005)
    # what STATISTICS says of a plain p of .01
    t = stats.t.isf(0.005, 99) / 3.4801
    assert 2 * stats.t.sf(t, 99) == pytest.approx(0.45, abs=0.005)


@pytest.mark.parametrize(("value", "pvalue"), [(0.0, 1.0), (0.1, 0.0), (-0.1, 0.0)])
def test_without_spread_the_difference_is_exact(value: float, pvalue: float) -> None:
    # the rounded mean of a hundred times .1 differs from .1, and must not make a spread
    for test in (
        corrected_resampled_ttest(np.full(100, value), test_train_ratio=RATIO),
        paired_ttest(np.full(100, value)),
    ):
        assert test.pvalue == pvalue
        assert (test.estimate, test.interval.low, test.interval.high) == (value, value, value)
        assert test.statistic == math.copysign(math.inf, value) if value else test.statistic == 0


@given(
    st.lists(st.floats(-1, 1).map(lambda x: round(x, 4)), min_size=2, max_size=40),
    st.floats(0.01, 1.0),
)
@settings(max_examples=50, deadline=None)
def test_p_below_5_percent_goes_with_an_interval_that_leaves_out_zero(
    values: list[float], ratio: float
) -> None:
    test = corrected_resampled_ttest(values, test_train_ratio=ratio)
    if abs(test.pvalue - 0.05) > 1e-9:
        assert (test.pvalue < 0.05) == (test.interval.low > 0 or test.interval.high < 0)
    assert paired_ttest(values).pvalue <= test.pvalue + 1e-12


def test_interval_of_one_method_is_around_its_mean_and_not_clipped() -> None:
    values = np.array([[0.9, 1.0], [1.0, 1.0]])
    interval = corrected_interval(values, test_train_ratio=1.0)
    assert interval.high > 1.0
    assert (interval.low + interval.high) / 2 == pytest.approx(values.mean())


def test_wider_level_wider_interval(folds: np.ndarray) -> None:
    narrow, wide = (
        corrected_interval(folds, test_train_ratio=RATIO, level=level) for level in (0.9, 0.99)
    )
    assert wide.low < narrow.low < narrow.high < wide.high
    assert (narrow.level, wide.level) == (0.9, 0.99)


def test_detectable_difference_is_what_statistics_says() -> None:
    # SD(d) = .03 over 10 × 10 folds: ΔAUC ≥ .021 is resolved, .030 found with 80 % power
    folds = np.random.default_rng(0).normal(size=100)
    folds = 0.03 * (folds - folds.mean()) / folds.std(ddof=1)
    detectable = minimum_detectable_difference(folds, test_train_ratio=RATIO)
    assert detectable == pytest.approx(0.030, abs=5e-4)
    assert corrected_interval(folds, test_train_ratio=RATIO).high == pytest.approx(0.021, abs=5e-4)
    stronger = minimum_detectable_difference(folds, test_train_ratio=RATIO, power=0.95)
    assert stronger > detectable
    assert minimum_detectable_difference([0.1, 0.1], test_train_ratio=RATIO) == 0.0


def test_power_is_reached_at_the_detectable_difference() -> None:
    # independent draws whose variance the correction describes exactly: d̄ ~ N(δ, s²(1/J + r))
    rng, runs, size, ratio = np.random.default_rng(5), 4000, 40, 0.25
    shared = rng.normal(size=(runs, 1)) * math.sqrt(ratio)
    detectable = (stats.t.ppf(0.975, 39) + stats.t.ppf(0.8, 39)) * math.sqrt(1 / size + ratio)
    d = rng.normal(size=(runs, size)) + shared + detectable
    result = [corrected_resampled_ttest(x, test_train_ratio=ratio).pvalue < 0.05 for x in d]
    assert np.mean(result) == pytest.approx(0.8, abs=0.03)


@given(st.floats(0.5, 0.99), st.floats(0.8, 0.99), st.integers(2, 30), st.floats(0.05, 1.0))
@settings(max_examples=40, deadline=None)
def test_power_at_the_detectable_difference_is_the_one_asked_for(
    target: float, level: float, size: int, ratio: float
) -> None:
    d = np.random.default_rng(size).normal(size=size)
    position = minimum_detectable_difference(d, test_train_ratio=ratio, power=target, level=level)
    result = power([-position, position], d, test_train_ratio=ratio, level=level)
    assert result.tolist() == pytest.approx([target, target])


def test_power_is_what_simulation_finds() -> None:
    # as above; the spread of the given folds is the true one, as the approximation takes it
    rng, runs, size, ratio = np.random.default_rng(6), 4000, 40, 0.25
    d = rng.normal(size=size)
    d /= d.std(ddof=1)
    for true in (0.4, 1.0, 1.8):
        draws = rng.normal(size=(runs, size)) + rng.normal(size=(runs, 1)) * math.sqrt(ratio) + true
        tests = [corrected_resampled_ttest(x, test_train_ratio=ratio) for x in draws]
        result = np.mean([test.pvalue < 0.05 and test.estimate > 0 for test in tests])
        expected = float(power(true, d, test_train_ratio=ratio))
        assert result == pytest.approx(expected, abs=0.03)


def test_power_rises_with_the_difference_and_has_its_shape(folds: np.ndarray) -> None:
    curve = power(np.linspace(0, 0.1, 20).reshape(4, 5), folds, test_train_ratio=RATIO)
    assert curve.shape == (4, 5)
    assert (np.diff(curve.ravel()) > 0).all()
    assert curve[0, 0] == pytest.approx(0.025)
    assert power(0.02, folds, test_train_ratio=RATIO).shape == ()


def test_without_spread_every_difference_is_found() -> None:
    assert power([0.0, 1e-9, -0.1], [0.1, 0.1], test_train_ratio=RATIO).tolist() == [0, 1, 1]


@pytest.mark.parametrize("difference", [math.nan, [0.1, math.inf]])
def test_power_of_nan_is_refused(difference: float | list[float]) -> None:
    with pytest.raises(ValueError, match="difference: 1 of"):
        power(difference, [0.1, 0.2], test_train_ratio=RATIO)
    with pytest.raises(ValueError, match="level"):
        power(0.1, [0.1, 0.2], test_train_ratio=RATIO, level=1.0)


@pytest.mark.parametrize("values", [[0.1], [], [0.1, math.nan], [0.1, math.inf]])
def test_too_few_values_and_nan_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="differences: "):
        corrected_resampled_ttest(values, test_train_ratio=RATIO)
    with pytest.raises(ValueError, match="differences: "):
        paired_ttest(values)
    with pytest.raises(ValueError, match="differences: "):
        minimum_detectable_difference(values, test_train_ratio=RATIO)
    with pytest.raises(ValueError, match="differences: "):
        power(0.1, values, test_train_ratio=RATIO)


@pytest.mark.parametrize("ratio", [0.0, -0.1, math.nan, math.inf])
def test_a_ratio_that_corrects_nothing_is_refused(ratio: float) -> None:
    with pytest.raises(ValueError, match="test_train_ratio"):
        corrected_resampled_ttest([0.1, 0.2], test_train_ratio=ratio)


def test_impossible_level_and_power_are_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        corrected_interval([0.1, 0.2], test_train_ratio=RATIO, level=95)
    with pytest.raises(ValueError, match="power"):
        minimum_detectable_difference([0.1, 0.2], test_train_ratio=RATIO, power=80)
