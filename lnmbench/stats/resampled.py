"""Inference on the folds of repeated cross-validation.

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
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from lnmbench.stats.arrays import finite, mean, spread, upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval at `level`."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class ResampledTest:
    """A t-test of a mean against zero: t with `df` degrees of freedom, two-sided p, interval."""

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

    `differences` holds one value for each outer fold, in any shape. Raises `ValueError` for fewer
    than two values, for NaN, and for a ratio that is not positive.

    Examples
    --------
    >>> test = corrected_resampled_ttest([0.01, 0.03, -0.01, 0.02], test_train_ratio=1 / 3)
    >>> f"{test.estimate:.4f} {test.statistic:.3f} {test.pvalue:.3f}"
    '0.0125 0.958 0.409'
    """
    return _ttest(differences, _ratio(test_train_ratio), level)


def paired_ttest(differences: ArrayLike, *, level: float = 0.95) -> ResampledTest:
    """Test the mean difference as if the folds were independent, which they are not.

    t = d̄ / (s / √J) with J − 1 degrees of freedom (Student 1908). Offered only to show what
    earlier work published. Input, s = 0 and errors as in `corrected_resampled_ttest`.
    """
    return _ttest(differences, 0.0, level)


def corrected_interval(
    values: ArrayLike, *, test_train_ratio: float, level: float = 0.95
) -> Interval:
    """Return the corrected interval of one method's mean over the outer folds.

    x̄ ± t_{(1+level)/2, J−1} · s · √(1/J + n2/n1), not clipped to the metric's range (Nadeau &
    Bengio 2003). `values` holds one score for each outer fold, in any shape. Raises `ValueError`
    as `corrected_resampled_ttest` does.
    """
    return _ttest(values, _ratio(test_train_ratio), level).interval


def minimum_detectable_difference(
    differences: ArrayLike, *, test_train_ratio: float, power: float = 0.8, level: float = 0.95
) -> float:
    """Return the true difference that the corrected test would find with the given power.

    (t_{(1+level)/2, J−1} + t_{power, J−1}) · s · √(1/J + n2/n1): the usual approximation by two
    quantiles, for one two-sided test, with the spread s that these folds show. `differences` as
    in `corrected_resampled_ttest`, which says what is raised; `power` lies between .5 and 1.
    """
    if not 0.5 <= power < 1.0:
        raise ValueError(f"power: expected at least .5 and less than 1, got {power}")
    d = finite(differences, "differences", at_least=2)
    error = _error(d, _ratio(test_train_ratio))
    return (_quantile(d.size - 1, upper(level)) + _quantile(d.size - 1, power)) * error


def power(
    difference: ArrayLike,
    differences: ArrayLike,
    *,
    test_train_ratio: float,
    level: float = 0.95,
) -> NDArray[np.float64]:
    """Return the chance that the corrected test finds a true difference, in its direction.

    T_{J−1}(|δ| / (s · √(1/J + n2/n1)) − t_{(1+level)/2, J−1}), with T the distribution function of
    Student's t: the approximation of `minimum_detectable_difference` turned round, so that the
    power at that difference is the one asked for. A finding in the wrong direction does not
    count, so that no difference has half of 1 − level. Where s = 0 every difference but zero is
    found.

    `difference` is δ, a number or an array; what is returned has its shape. `differences` as in
    `corrected_resampled_ttest`, which says what is raised.

    Examples
    --------
    >>> folds = [0.01, 0.03, -0.01, 0.02, 0.00, 0.02]
    >>> power([0.0, 0.02, 0.04], folds, test_train_ratio=1 / 2).round(3).tolist()
    [0.025, 0.203, 0.759]
    """
    delta = np.abs(finite(difference, "difference")).reshape(np.shape(difference))
    d = finite(differences, "differences", at_least=2)
    error, quantile = _error(d, _ratio(test_train_ratio)), _quantile(d.size - 1, upper(level))
    if error == 0.0:
        return np.asarray(delta > 0.0, dtype=np.float64)
    return np.asarray(stdtr(d.size - 1, delta / error - quantile), dtype=np.float64)


def _ttest(differences: ArrayLike, ratio: float, level: float) -> ResampledTest:
    d = finite(differences, "differences", at_least=2)
    estimate, error, df = mean(d), _error(d, ratio), d.size - 1
    half = _quantile(df, upper(level)) * error
    if error > 0.0:
        statistic = estimate / error
        pvalue = 2.0 * float(stdtr(df, -abs(statistic)))
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
    return float(stdtrit(df, probability))


def _ratio(test_train_ratio: float) -> float:
    if not (math.isfinite(test_train_ratio) and test_train_ratio > 0.0):
        raise ValueError(f"test_train_ratio: expected a positive number, got {test_train_ratio}")
    return test_train_ratio
