"""ROC and precision-recall curves, averaged over repeats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_scores, require_two_classes, upper_probability
from lnmbench.stats.bootstrap import draw_patients
from lnmbench.stats.resampling import score_resamples

_GRID = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class RocCurve:
    """Shares of negative and of positive cases that are called positive, both (t,)."""

    false_positive_rate: NDArray[np.float64]
    true_positive_rate: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrCurve:
    """Precision from each recall down to the next, both (m + 1,), from recall 1 to 0."""

    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    prevalence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RocBand:
    """Pointwise limits of the sensitivity at each false positive rate, all (101,)."""

    false_positive_rate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    level: float


def roc_curve(y: ArrayLike, score: ArrayLike) -> RocCurve:
    """Return the ROC curve, tied scores joined by a line.

    Curves of several repeats are averaged vertically (Fawcett 2006, Pattern Recognition Letters
    27): at each number of false positives, the least and the greatest sensitivity are averaged, so
    that the area below the curve is the mean of the AUCs of the repeats.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,) or (repeats, n), higher for positive cases.

    Returns
    -------
    RocCurve
        Rates, two points for each number of false positives from 0 to all.

    Raises
    ------
    ValueError
        For one class only, NaN, or lengths that differ.

    Examples
    --------
    >>> curve = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> curve.false_positive_rate.tolist(), curve.true_positive_rate.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0, 1.0])
    """
    labels = require_two_classes(y)
    negatives = int(np.sum(labels == 0.0))
    false = np.arange(negatives + 1.0)
    ends = np.zeros((false.size, 2))
    scores = _require_repeats(score, labels)
    for repeat in scores:
        reached = _Thresholds(repeat, labels).count(np.ones((1, labels.size)))
        true_positives, false_positives = reached.true_positives[0], reached.false_positives[0]
        # of points with one x, numpy returns the last
        ends[:, 0] += np.interp(-false, -false_positives[::-1], true_positives[::-1])
        ends[:, 1] += np.interp(false, false_positives, true_positives)
    return RocCurve(
        false_positive_rate=np.repeat(false / negatives, 2),
        true_positive_rate=ends.ravel() / (len(scores) * labels.sum()),
    )


def pr_curve(y: ArrayLike, score: ArrayLike) -> PrCurve:
    """Return the precision-recall curve with the prevalence, tied scores as one threshold.

    At each number of true positives, the precision is that of the highest threshold that reaches
    them, and of several repeats the mean, so that the area below the steps is the mean of the
    average precisions. Join its points by steps, not by lines (Davis & Goadrich 2006).

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,) or (repeats, n), higher for positive cases.

    Returns
    -------
    PrCurve
        Recall and precision, (m + 1,) each for m positive cases; the point at recall 0 repeats the
        precision before it.

    Raises
    ------
    ValueError
        As `roc_curve`.

    Examples
    --------
    >>> curve = pr_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> curve.recall.tolist(), curve.precision.round(2).tolist(), curve.prevalence
    ([1.0, 0.5, 0.0], [0.67, 1.0, 1.0], 0.5)
    """
    labels = require_two_classes(y)
    true = np.arange(1.0, labels.sum() + 1.0)
    scores = _require_repeats(score, labels)
    precision = np.zeros(true.size)
    for repeat in scores:
        reached = _Thresholds(repeat, labels).count(np.ones((1, labels.size)))
        first = np.searchsorted(reached.true_positives[0], true)
        true_positives = reached.true_positives[0, first]
        precision += true_positives / (true_positives + reached.false_positives[0, first])
    precision /= len(scores)
    return PrCurve(
        recall=np.append(true[::-1] / true.size, 0.0),
        precision=np.append(precision[::-1], precision[0]),
        prevalence=float(labels.mean()),
    )


def roc_band(
    y: ArrayLike,
    score: ArrayLike,
    level: float = 0.95,
    *,
    patients: ArrayLike | None = None,
    resamples: int = 500,
    seed: int = 0,
) -> RocBand:
    """Return pointwise limits of the ROC curve at false positive rates 0, .01 … 1.

    Percentiles of the curve over bootstrap resamples of the patients within each class, with linear
    interpolation between points, as pROC's `ci.se` (Robin et al. 2011); each resample is averaged
    over the repeats. Limits are pointwise, not of the whole curve; at rates at which none or all of
    the negative cases are called positive, they collapse to the observed curve.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,) or (repeats, n), higher for positive cases.
    level
        Coverage of the limits, between 0 and 1.
    patients
        Number of each case's patient, (n,); if it is empty or None, each case is a patient.
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
    repeats = [_Thresholds(repeat, labels) for repeat in _require_repeats(score, labels)]
    grid = np.linspace(0.0, 1.0, _GRID)

    def draw(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        sensitivity = np.zeros((len(weights), _GRID))
        for repeat in repeats:
            reached = repeat.count(weights)
            true, false = reached.true_positives, reached.false_positives
            for row, (t, f) in enumerate(zip(true, false, strict=True)):
                with np.errstate(invalid="ignore"):  # a class without a case
                    sensitivity[row] += np.interp(grid * f[-1], f, t) / t[-1]
        return sensitivity / len(repeats)

    times = draw_patients(
        labels.size, patients=patients, strata=labels, resamples=resamples, seed=seed
    )
    low, high = np.nanquantile(score_resamples(draw, times), [tail, 1.0 - tail], axis=0)
    return RocBand(false_positive_rate=grid, low=low, high=high, level=level)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """Weight of the cases at or above each threshold, (b, t), from infinity downwards."""

    true_positives: NDArray[np.float64]
    false_positives: NDArray[np.float64]


class _Thresholds:
    """The distinct scores (n,) of cases, and the cases of each label in their order."""

    def __init__(self, scores: NDArray[np.float64], labels: NDArray[np.float64]) -> None:
        thresholds = np.unique(scores)[::-1]
        self._classes = []
        for label in (1.0, 0.0):
            cases = np.flatnonzero(labels == label)
            cases = cases[np.argsort(-scores[cases], kind="stable")]
            last = np.searchsorted(-scores[cases], -thresholds, side="right")
            self._classes.append((cases, np.append(0, last)))

    def count(self, weights: NDArray[np.float64]) -> _Reached:
        """Return the weight at or above each threshold, in each weighting (b, n) of the cases."""
        true_positives, false_positives = (
            _sum_first(weights, cases, last) for cases, last in self._classes
        )
        return _Reached(true_positives=true_positives, false_positives=false_positives)


def _sum_first(
    weights: NDArray[np.float64], cases: NDArray[np.intp], last: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return sums (b, t) of the weights (b, n) of the first cases, as many as `last` has."""
    sums = np.zeros((len(weights), cases.size + 1))
    np.cumsum(weights.take(cases, axis=1), axis=1, out=sums[:, 1:])
    return sums.take(last, axis=1)


def _require_repeats(score: ArrayLike, labels: NDArray[np.float64]) -> NDArray[np.float64]:
    repeats = np.atleast_2d(np.asarray(score, dtype=np.float64))
    return np.stack([require_scores(repeat, labels, "scores") for repeat in repeats])
