"""Corrected resampled t-test: inference on the folds of repeated cross-validation.

Outer folds share most of their training cases, so their scores are not independent: the plain
variance s²/J of a mean over J folds is far too small. Nadeau & Bengio (2003, Machine Learning 52,
eq. 9) replace 1/J by 1/J + n2/n1, with n2/n1 the test cases for each training case; Bouckaert &
Frank (2004) carry this to repeated k-fold cross-validation, where J = repeats × folds and
n2/n1 = 1/(folds − 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import mean, require_finite, spread, upper_probability


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Confidence interval at `level`."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class ResampledTest:
    """T-test of a mean against zero: t with `df` degrees of freedom, two-sided p, interval."""

    estimate: float
    interval: Interval
    statistic: float
    df: int
    pvalue: float


def corrected_resampled_ttest(
    differences: ArrayLike, *, test_train_ratio: float, level: float = 0.95
) -> ResampledTest:
    """Test the mean difference between two methods over the outer folds of one cohort.

    t = d̄ / (s · √(1/J + n2/n1)) with J − 1 degrees of freedom, s with ddof 1; the interval is
    d̄ ± t_{(1+level)/2, J−1} · s · √(1/J + n2/n1) (Nadeau & Bengio 2003; Bouckaert & Frank 2004).
    Where s = 0 the difference is exact: p = 1 if it is zero, else p = 0.

    Parameters
    ----------
    differences
        One value for each of J outer folds, in any shape.
    test_train_ratio
        Test cases for each training case, n2/n1.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    ResampledTest
        Mean difference, interval, t, degrees of freedom and p.

    Raises
    ------
    ValueError
        For fewer than two values, for NaN, and for a ratio that is not positive.

    Examples
    --------
    >>> test = corrected_resampled_ttest([0.01, 0.03, -0.01, 0.02], test_train_ratio=1 / 3)
    >>> f"{test.estimate:.4f} {test.statistic:.3f} {test.pvalue:.3f}"
    '0.0125 0.958 0.409'
    """
    return _ttest(differences, _ratio(test_train_ratio), level)


def paired_ttest(differences: ArrayLike, *, level: float = 0.95) -> ResampledTest:
    """Test the mean difference as if the folds were independent, which they are not.

    t = d̄ / (s / √J) with J − 1 degrees of freedom (Student 1908). It is offered only to reproduce
    published results. Raises `ValueError` as `corrected_resampled_ttest` does.

    Parameters
    ----------
    differences
        One value for each of J outer folds, in any shape.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    ResampledTest
        Mean difference, interval, t, degrees of freedom and p.
    """
    return _ttest(differences, 0.0, level)


def corrected_interval(
    values: ArrayLike, *, test_train_ratio: float, level: float = 0.95
) -> Interval:
    """Return the corrected interval of one method's mean over the outer folds.

    x̄ ± t_{(1+level)/2, J−1} · s · √(1/J + n2/n1), not truncated to the metric's range (Nadeau &
    Bengio 2003). Raises `ValueError` as `corrected_resampled_ttest` does.

    Parameters
    ----------
    values
        One score for each of J outer folds, in any shape.
    test_train_ratio
        Test cases for each training case, n2/n1.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    Interval
        The interval of the mean.
    """
    return _ttest(values, _ratio(test_train_ratio), level).interval


def minimum_detectable_difference(
    differences: ArrayLike, *, test_train_ratio: float, power: float = 0.8, level: float = 0.95
) -> float:
    """Return the true difference that the corrected test detects with the given power.

    (t_{(1+level)/2, J−1} + t_{power, J−1}) · s · √(1/J + n2/n1): the usual approximation by two
    quantiles, for one two-sided test, with the spread s of these folds.

    Parameters
    ----------
    differences
        One value for each of J outer folds, in any shape.
    test_train_ratio
        Test cases for each training case, n2/n1.
    power
        Power of the test, at least .5 and less than 1.
    level
        One minus the size of the test, between 0 and 1.

    Returns
    -------
    float
        The difference, in the unit of `differences`.

    Raises
    ------
    ValueError
        As `corrected_resampled_ttest`, and for a power outside its range.
    """
    if not 0.5 <= power < 1.0:
        raise ValueError(f"power: expected at least .5 and less than 1, got {power}")
    d = require_finite(differences, "differences", at_least=2)
    error = _error(d, _ratio(test_train_ratio))
    return (_quantile(d.size - 1, upper_probability(level)) + _quantile(d.size - 1, power)) * error


def power(
    difference: ArrayLike,
    differences: ArrayLike,
    *,
    test_train_ratio: float,
    level: float = 0.95,
) -> NDArray[np.float64]:
    """Return the power of the corrected test for a true difference, in its direction.

    T_{J−1}(|δ| / (s · √(1/J + n2/n1)) − t_{(1+level)/2, J−1}), with T the distribution function of
    Student's t: the inverse of `minimum_detectable_difference`. Significance in the wrong
    direction does not count, so that a difference of zero has the power (1 − level) / 2. Where
    s = 0 the power is 1 for each difference except zero. Raises `ValueError` as
    `corrected_resampled_ttest` does.

    Parameters
    ----------
    difference
        True difference δ, a number or an array.
    differences
        One value for each of J outer folds, in any shape.
    test_train_ratio
        Test cases for each training case, n2/n1.
    level
        One minus the size of the test, between 0 and 1.

    Returns
    -------
    ndarray
        The power, in the shape of `difference`.

    Examples
    --------
    >>> folds = [0.01, 0.03, -0.01, 0.02, 0.00, 0.02]
    >>> power([0.0, 0.02, 0.04], folds, test_train_ratio=1 / 2).round(3).tolist()
    [0.025, 0.203, 0.759]
    """
    delta = np.abs(require_finite(difference, "difference")).reshape(np.shape(difference))
    d = require_finite(differences, "differences", at_least=2)
    error, quantile = (
        _error(d, _ratio(test_train_ratio)),
        _quantile(d.size - 1, upper_probability(level)),
    )
    if error == 0.0:
        return np.asarray(delta > 0.0, dtype=np.float64)
    return np.asarray(scipy.special.stdtr(d.size - 1, delta / error - quantile), dtype=np.float64)


def _ttest(differences: ArrayLike, ratio: float, level: float) -> ResampledTest:
    d = require_finite(differences, "differences", at_least=2)
    estimate, error, df = mean(d), _error(d, ratio), d.size - 1
    half = _quantile(df, upper_probability(level)) * error
    if error > 0.0:
        statistic = estimate / error
        pvalue = 2.0 * float(scipy.special.stdtr(df, -abs(statistic)))
    else:
        statistic = math.copysign(math.inf, estimate) if estimate else 0.0
        pvalue = 0.0 if estimate else 1.0
    return ResampledTest(
        estimate=estimate,
        interval=Interval(low=estimate - half, high=estimate + half, level=level),
        statistic=statistic,
        df=df,
        pvalue=pvalue,
    )


def _error(d: NDArray[np.float64], ratio: float) -> float:
    return spread(d) * math.sqrt(1.0 / d.size + ratio)


def _quantile(df: int, probability: float) -> float:
    return float(scipy.special.stdtrit(df, probability))


def _ratio(test_train_ratio: float) -> float:
    if not (math.isfinite(test_train_ratio) and test_train_ratio > 0.0):
        raise ValueError(f"test_train_ratio: expected a positive number, got {test_train_ratio}")
    return test_train_ratio
