"""Sensitivity, specificity and predictive values at a threshold, and its choice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_two_classes, upper_probability
from lnmbench.stats.resampled import Interval
from lnmbench.stats.scoring_rules import require_probabilities, require_zero_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`count` of `total` with Wilson's interval; estimate and interval are NaN for a total of 0."""

    count: int
    total: int
    estimate: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Confusion matrix at a threshold, and its shares, NaN for a total of 0."""

    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int

    @property
    def sensitivity(self) -> float:
        """TP/(TP + FN)."""
        return _ratio(self.true_positives, self.false_negatives)

    @property
    def specificity(self) -> float:
        """TN/(TN + FP)."""
        return _ratio(self.true_negatives, self.false_positives)

    @property
    def ppv(self) -> float:
        """TP/(TP + FP)."""
        return _ratio(self.true_positives, self.false_positives)

    @property
    def npv(self) -> float:
        """TN/(TN + FN)."""
        return _ratio(self.true_negatives, self.false_negatives)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """Counts and shares if cases with p ≥ `threshold` are called positive."""

    threshold: float
    counts: Counts
    sensitivity: Share
    specificity: Share
    ppv: Share
    npv: Share


def operating_point(
    y: ArrayLike, p: ArrayLike, threshold: float, *, level: float = 0.95
) -> OperatingPoint:
    """Return the confusion matrix and its four shares at a threshold; positive if p ≥ threshold.

    TP/(TP + FN), TN/(TN + FP), TP/(TP + FP), TN/(TN + FN), each with Wilson's (1927) interval,
    which treats the cases as independent and the threshold as fixed. A share with a total of 0,
    such as the PPV if no case is called positive, is NaN.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,); one class alone is allowed.
    p
        Predicted probabilities, (n,), within [0, 1].
    threshold
        Least probability of a case that is called positive.
    level
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    OperatingPoint
        Counts and shares.

    Raises
    ------
    ValueError
        For NaN, labels and probabilities outside these ranges, and lengths that differ.

    Examples
    --------
    >>> point = operating_point([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.35)
    >>> point.sensitivity.estimate, point.specificity.estimate, round(point.ppv.estimate, 3)
    (1.0, 0.5, 0.667)
    """
    counts = count_outcomes(y, p, threshold)
    tp, fp = counts.true_positives, counts.false_positives
    tn, fn = counts.true_negatives, counts.false_negatives
    return OperatingPoint(
        threshold=float(threshold),
        counts=counts,
        sensitivity=_share(tp, fn, level),
        specificity=_share(tn, fp, level),
        ppv=_share(tp, fp, level),
        npv=_share(tn, fn, level),
    )


def count_outcomes(y: ArrayLike, p: ArrayLike, threshold: float) -> Counts:
    """Return the confusion matrix at a threshold. Raises `ValueError` as `operating_point` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    p
        Predicted probabilities, (n,), within [0, 1].
    threshold
        Least probability of a case that is called positive.

    Returns
    -------
    Counts
        The four counts.
    """
    labels = require_zero_one(y)
    if math.isnan(threshold):
        raise ValueError("threshold: expected a number, got NaN")
    positive, event = require_probabilities(p, labels.size) >= threshold, labels == 1.0
    true, false = int(np.sum(positive & event)), int(np.sum(positive & ~event))
    return Counts(
        true_positives=true,
        false_positives=false,
        true_negatives=int(np.sum(~event)) - false,
        false_negatives=int(np.sum(event)) - true,
    )


def threshold_for_sensitivity(y: ArrayLike, p: ArrayLike, at_least: float) -> float:
    """Return the threshold with the best specificity among those that reach a sensitivity.

    It is the greatest predicted probability t such that at least that share of the positive cases
    has p ≥ t. Use it with the validation predictions of the inner folds, never with test cases.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    p
        Predicted probabilities, (n,), within [0, 1].
    at_least
        Least sensitivity, above 0 and at most 1.

    Returns
    -------
    float
        The threshold, one of `p`.

    Raises
    ------
    ValueError
        For one class only, NaN, and values outside these ranges.

    Examples
    --------
    >>> threshold_for_sensitivity([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.9)
    0.35
    """
    labels = require_two_classes(y)
    p, least = require_probabilities(p, labels.size), _require_share(at_least)
    reached = np.sort(p[labels == 1.0])[::-1]
    enough = np.arange(1, reached.size + 1) / reached.size >= least
    return float(reached[enough.argmax()])


def threshold_for_specificity(y: ArrayLike, p: ArrayLike, at_least: float) -> float:
    """Return the threshold with the best sensitivity among those that reach a specificity.

    It is the least predicted probability t such that at least that share of the negative cases
    has p < t. If there is none, because negative cases have the greatest probability, it is
    infinite: no case is positive. Raises `ValueError` as `threshold_for_sensitivity` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    p
        Predicted probabilities, (n,), within [0, 1].
    at_least
        Least specificity, above 0 and at most 1.

    Returns
    -------
    float
        The threshold, one of `p` or infinity.

    Examples
    --------
    >>> threshold_for_specificity([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.9)
    0.8
    """
    labels = require_two_classes(y)
    p, least = require_probabilities(p, labels.size), _require_share(at_least)
    negative, candidates = np.sort(p[labels == 0.0]), np.unique(p)
    specificity = np.searchsorted(negative, candidates, side="left") / negative.size
    enough = specificity >= least
    if not enough.any():
        return math.inf
    return float(candidates[enough.argmax()])


def _require_share(at_least: float) -> float:
    if not 0.0 < at_least <= 1.0:
        raise ValueError(f"at_least: expected above 0 and at most 1, got {at_least}")
    return at_least


def wilson(
    counts: NDArray[np.int64], totals: NDArray[np.int64], level: float
) -> NDArray[np.float64]:
    """Return Wilson's (1927) interval of shares.

    Parameters
    ----------
    counts, totals
        Counts and their totals, (m,) each.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    ndarray
        Low and high, (2, m).
    """
    from statsmodels.stats.proportion import proportion_confint

    alpha = 2.0 * (1.0 - upper_probability(level))
    bounds = proportion_confint(counts, totals, alpha=alpha, method="wilson")
    return np.asarray(bounds, dtype=np.float64)


def _share(count: int, others: int, level: float) -> Share:
    total, estimate = count + others, _ratio(count, others)
    low = high = math.nan
    if total:
        low, high = map(float, wilson(np.array([count]), np.array([total]), level)[:, 0])
    interval = Interval(low=low, high=high, level=level)
    return Share(count=count, total=total, estimate=estimate, interval=interval)


def _ratio(count: int, others: int) -> float:
    return count / (count + others) if count + others else math.nan
