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

from lnmbench.stats.arrays import finite


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
    error = _spread(d) * math.sqrt(1.0 / d.size + _ratio(test_train_ratio))
    return (_quantile(d.size - 1, _upper(level)) + _quantile(d.size - 1, power)) * error


def _ttest(differences: ArrayLike, ratio: float, level: float) -> ResampledTest:
    d = finite(differences, "differences", at_least=2)
    mean, error, df = float(d.mean()), _spread(d) * math.sqrt(1.0 / d.size + ratio), d.size - 1
    half = _quantile(df, _upper(level)) * error
    if error > 0.0:
        statistic = mean / error
        pvalue = 2.0 * float(stdtr(df, -abs(statistic)))
    else:
        mean = float(d[0])  # the mean of equal numbers may differ from them in the last digit
        statistic = math.copysign(math.inf, mean) if mean else 0.0
        pvalue = 0.0 if mean else 1.0
    return ResampledTest(
        estimate=mean,
        interval=Interval(low=mean - half, high=mean + half, level=level),
        statistic=statistic,
        df=df,
        pvalue=pvalue,
    )


def _spread(d: NDArray[np.float64]) -> float:
    # equal numbers must give exactly zero, which the rounded mean can prevent
    return float(d.std(ddof=1)) if np.ptp(d) > 0.0 else 0.0


def _quantile(df: int, probability: float) -> float:
    return float(stdtrit(df, probability))


def _upper(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: expected between 0 and 1, got {level}")
    return (1.0 + level) / 2.0


def _ratio(test_train_ratio: float) -> float:
    if not (math.isfinite(test_train_ratio) and test_train_ratio > 0.0):
        raise ValueError(f"test_train_ratio: expected a positive number, got {test_train_ratio}")
    return test_train_ratio
