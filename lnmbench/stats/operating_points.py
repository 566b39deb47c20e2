"""Sensitivity, specificity and predictive values at a threshold, and its choice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lnmbench.stats.arrays import require_two_classes
from lnmbench.stats.scoring_rules import require_probabilities, require_zero_one
from lnmbench.stats.shares import Share, mean_share


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
    """Shares of cases that are called as they are, or are as they are called."""

    sensitivity: Share
    specificity: Share
    ppv: Share
    npv: Share


def operating_point(
    y: ArrayLike,
    positive: ArrayLike,
    *,
    patients: ArrayLike | None = None,
    level: float = 0.95,
) -> OperatingPoint:
    """Return sensitivity, specificity, PPV and NPV of calls, averaged over repeats.

    TP/(TP + FN), TN/(TN + FP), TP/(TP + FP), TN/(TN + FN) in each repeat; see `mean_share` for
    the average and its interval.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,); one class alone is allowed.
    positive
        True for cases that are called positive, (n,), or in each repeat, (repeats, n).
    patients
        Number of each case's patient, (n,); if it is empty or None, each case is a patient.
    level
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    OperatingPoint
        The four shares.

    Raises
    ------
    ValueError
        For NaN, for labels and calls other than 0 and 1, and for lengths that differ.

    Examples
    --------
    >>> point = operating_point([0, 0, 1, 1], [[False, True, True, True], [False] * 3 + [True]])
    >>> point.sensitivity.estimate, point.specificity.estimate, round(point.ppv.estimate, 3)
    (0.75, 0.75, 0.833)
    """
    event = require_zero_one(y) == 1.0
    called = np.atleast_2d(np.asarray(positive))
    if called.ndim != 2 or called.shape[1] != event.size or called.dtype != np.bool_:
        raise ValueError(
            f"calls: expected True or False for each of {event.size} labels, got "
            f"{called.dtype} of the shape {np.shape(positive)}"
        )
    events = np.broadcast_to(event, called.shape)
    return OperatingPoint(
        sensitivity=mean_share(called, events, patients=patients, level=level),
        specificity=mean_share(~called, ~events, patients=patients, level=level),
        ppv=mean_share(events, called, patients=patients, level=level),
        npv=mean_share(~events, ~called, patients=patients, level=level),
    )


def count_outcomes(y: ArrayLike, p: ArrayLike, threshold: float) -> Counts:
    """Return the confusion matrix at a threshold; positive if p ≥ threshold.

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

    Raises
    ------
    ValueError
        For NaN, labels and probabilities outside these ranges, and lengths that differ.
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


def _ratio(count: int, others: int) -> float:
    return count / (count + others) if count + others else math.nan
