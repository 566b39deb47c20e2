"""Bootstrap test of the difference between two methods, by resampling cases.

Each repeat of a cross-validation predicts every case once. Its metric is computed on these
out-of-fold predictions and averaged over the repeats; the predictions themselves are not averaged,
which would score an ensemble.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_finite, require_two_classes, spread, upper_probability
from lnmbench.stats.resampled import Interval
from lnmbench.stats.resampling import draw_resamples, score_resamples

PreparedMetric = Callable[
    [NDArray[np.float64], NDArray[np.float64]],
    Callable[[NDArray[np.float64]], NDArray[np.float64]],
]
"""Metric of labels (n,) and scores (n,): a function of many weightings (b, n) of the cases."""
RESAMPLES = 2000
_ROUNDING = 1e-12  # two orders of summation may move an equal metric by this much


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resampled:
    """The metric of one method: `estimate` on all cases, `values` (b,) on each resample."""

    estimate: float
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapTest:
    """Bootstrap test of `estimate` = b − a: percentile interval, standard error, two-sided p."""

    estimate: float
    interval: Interval
    standard_error: float
    pvalue: float


def resample_metric(
    y: ArrayLike,
    predicted: ArrayLike,
    metric: PreparedMetric,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Resampled:
    """Return the mean over the repeats of a metric, on all cases and on resamples of them.

    Cases are drawn with replacement within each class (Efron & Tibshirani 1993, section 8.3). The
    same cases, `resamples` and `seed` give the same resamples, so that methods can be compared.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    predicted
        Prediction of each case by the model that was not trained on it, (repeats, n).
    metric
        Metric of many weightings of the cases at once, e.g. `prepare_auc`.
    resamples
        Number of resamples.
    seed
        Seed of the resamples.

    Returns
    -------
    Resampled
        The metric on all cases and on each resample.

    Raises
    ------
    ValueError
        For one class only, NaN, shapes that differ, and fewer than two resamples.
    """
    labels = require_two_classes(y)
    scores = np.atleast_2d(np.asarray(predicted, dtype=np.float64))
    if scores.ndim != 2 or scores.shape[1] != labels.size or not len(scores):
        raise ValueError(f"predictions: expected (repeats, {labels.size}), got {scores.shape}")
    require_finite(scores, "predictions")
    if resamples < 2:
        raise ValueError(f"resamples: expected at least 2, got {resamples}")

    repeats = [metric(labels, repeat) for repeat in scores]

    def average(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.mean([repeat(weights) for repeat in repeats], axis=0))

    times = draw_resamples(labels.astype(np.intp).tobytes(), resamples, seed)
    return Resampled(
        estimate=float(average(np.ones((1, labels.size)))[0]),
        values=score_resamples(average, times),
    )


def compare_resampled(a: Resampled, b: Resampled, *, level: float = 0.95) -> BootstrapTest:
    """Test the difference b − a of two methods by the same resamples of the cases.

    The interval has the quantiles of the resampled differences. p = 2 (1 + k) / (1 + B), at most
    1, with k the smaller number of B differences at or below and at or above zero: the smallest
    level whose interval excludes zero (Davison & Hinkley 1997, section 4.4). Trained models count
    as fixed. Resamples in which the metric is not defined are left out.

    Parameters
    ----------
    a, b
        `resample_metric` of each method, with equal resamples.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    BootstrapTest
        The difference with its interval, standard error and p.

    Raises
    ------
    ValueError
        If the numbers of resamples differ, or fewer than two are defined.
    """
    if a.values.shape != b.values.shape:
        raise ValueError("resamples: a and b have different numbers of them")
    change = b.values - a.values
    change = change[np.isfinite(change)]
    if change.size < 2:
        raise ValueError("resamples: the metric is defined in fewer than two of them")
    change[np.abs(change) <= _ROUNDING] = 0.0
    tail = min(np.count_nonzero(change <= 0.0), np.count_nonzero(change >= 0.0))
    upper = upper_probability(level)
    low, high = np.quantile(change, (1.0 - upper, upper))
    return BootstrapTest(
        estimate=b.estimate - a.estimate,
        interval=Interval(low=float(low), high=float(high), level=level),
        standard_error=spread(change),
        pvalue=min(1.0, 2.0 * (1.0 + tail) / (1.0 + change.size)),
    )
