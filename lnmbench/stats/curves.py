"""ROC and precision-recall curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_scores, require_two_classes, upper_probability

_GRID = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class RocCurve:
    """Shares of negative and of positive cases at or above each threshold, all (t,).

    The first threshold is infinite: nothing is called positive.
    """

    false_positive_rate: NDArray[np.float64]
    true_positive_rate: NDArray[np.float64]
    thresholds: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrCurve:
    """Recall and precision at each threshold, all (t,), from the least threshold upwards.

    The last point, recall 0 and precision 1 at an infinite threshold, is a convention.
    """

    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    prevalence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RocBand:
    """Pointwise limits of the sensitivity at each false positive rate, all (101,)."""

    false_positive_rate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    level: float


def roc_curve(y: ArrayLike, score: ArrayLike) -> RocCurve:
    """Return the ROC curve, tied scores as one threshold, without points on a straight line.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,), higher for positive cases.

    Returns
    -------
    RocCurve
        Rates and thresholds, (t,) each.

    Raises
    ------
    ValueError
        For one class only, NaN, or lengths that differ.

    Examples
    --------
    >>> curve = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> curve.false_positive_rate.tolist(), curve.true_positive_rate.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0])
    """
    from sklearn.metrics import roc_curve as points

    labels = require_two_classes(y)
    false, true, thresholds = points(labels, require_scores(score, labels, "scores"))
    return RocCurve(false_positive_rate=false, true_positive_rate=true, thresholds=thresholds)


def pr_curve(y: ArrayLike, score: ArrayLike) -> PrCurve:
    """Return the precision-recall curve with the prevalence, tied scores as one threshold.

    Join its points by steps, not by lines (Davis & Goadrich 2006). Raises `ValueError` as
    `roc_curve` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,), higher for positive cases.

    Returns
    -------
    PrCurve
        Recall, precision and thresholds, (t,) each, and the prevalence.

    Examples
    --------
    >>> curve = pr_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> curve.recall.tolist(), curve.precision.round(2).tolist(), curve.prevalence
    ([1.0, 1.0, 0.5, 0.5, 0.0], [0.5, 0.67, 0.5, 1.0, 1.0], 0.5)
    """
    from sklearn.metrics import precision_recall_curve

    labels = require_two_classes(y)
    scores = require_scores(score, labels, "scores")
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    return PrCurve(
        recall=recall,
        precision=precision,
        thresholds=np.append(thresholds, np.inf),
        prevalence=float(labels.mean()),
    )


def roc_band(
    y: ArrayLike, score: ArrayLike, level: float = 0.95, *, resamples: int = 500, seed: int = 0
) -> RocBand:
    """Return pointwise limits of the ROC curve at false positive rates 0, .01 … 1.

    Percentiles of the curve over bootstrap resamples of the patients within each class, with
    linear interpolation between points, as pROC's `ci.se` (Robin et al. 2011). Limits are
    pointwise, not of the whole curve; at rates at which none or all of the negative cases are
    called positive, they collapse to the observed curve.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,), higher for positive cases.
    level
        Coverage of the limits, between 0 and 1.
    resamples
        Number of resamples.
    seed
        Seed of the resamples.

    Returns
    -------
    RocBand
        False positive rates and limits of the sensitivity, (101,) each.

    Raises
    ------
    ValueError
        As `roc_curve`, and for an impossible `level` or `resamples`.

    Examples
    --------
    >>> band = roc_band([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.6, 0.4, 0.7, 0.9])
    >>> f"{band.low[50]:.2f} to {band.high[50]:.2f}"
    '0.33 to 1.00'
    """
    labels, tail = require_two_classes(y), 1.0 - upper_probability(level)
    scores = require_scores(score, labels, "scores")
    if resamples < 1:
        raise ValueError(f"resamples: expected at least 1, got {resamples}")
    random, grid = np.random.default_rng(seed), np.linspace(0.0, 1.0, _GRID)
    thresholds = np.unique(scores)[::-1]
    levels = np.searchsorted(-thresholds, -scores)
    true, false = (
        _resample_rates(levels[labels == label], thresholds.size, resamples, random)
        for label in (1.0, 0.0)
    )
    drawn = np.array([np.interp(grid, f, t) for f, t in zip(false, true, strict=True)])
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    return RocBand(false_positive_rate=grid, low=low, high=high, level=level)


def _resample_rates(
    levels: NDArray[np.intp], thresholds: int, resamples: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Return the shares (resamples, thresholds + 1) at infinity and at each threshold."""
    rates = np.zeros((resamples, thresholds + 1))
    for rate in rates:
        drawn = levels[random.integers(0, levels.size, levels.size)]
        np.cumsum(np.bincount(drawn, minlength=thresholds), out=rate[1:])
    return rates / levels.size
