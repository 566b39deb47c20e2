"""Sensitivity, specificity and predictive values at one threshold, and how to choose it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import two_classes, upper
from lnmbench.stats.resampled import Interval
from lnmbench.stats.scoring_rules import probabilities, zero_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`count` of `total`, with Wilson's interval; all NaN where the total is 0."""

    count: int
    total: int
    estimate: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many cases a threshold calls rightly and wrongly, and the shares, NaN of nothing."""

    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int

    @property
    def sensitivity(self) -> float:
        """TP/(TP + FN)."""
        return _of(self.true_positives, self.false_negatives)

    @property
    def specificity(self) -> float:
        """TN/(TN + FP)."""
        return _of(self.true_negatives, self.false_positives)

    @property
    def ppv(self) -> float:
        """TP/(TP + FP)."""
        return _of(self.true_positives, self.false_positives)

    @property
    def npv(self) -> float:
        """TN/(TN + FN)."""
        return _of(self.true_negatives, self.false_negatives)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """What happens where cases with p ≥ `threshold` are called positive; none where infinite."""

    threshold: float
    counts: Counts
    sensitivity: Share
    specificity: Share
    ppv: Share
    npv: Share


def operating_point(
    y: ArrayLike, p: ArrayLike, threshold: float, *, level: float = 0.95
) -> OperatingPoint:
    """Return the four counts and the four shares at a threshold; positive where p ≥ threshold.

    TP/(TP + FN), TN/(TN + FP), TP/(TP + FP), TN/(TN + FN), each with Wilson's (1927) interval,
    which treats the cases as independent and the threshold as given. A share of nothing, such as
    the PPV where no case is called positive, is NaN. `y` is (n,) of 0 and 1, one class alone is
    allowed; `p` is (n,) within [0, 1]. Raises `ValueError` for NaN and for anything else.

    Examples
    --------
    >>> point = operating_point([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.35)
    >>> point.sensitivity.estimate, point.specificity.estimate, round(point.ppv.estimate, 3)
    (1.0, 0.5, 0.667)
    """
    counts = called(y, p, threshold)
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


def called(y: ArrayLike, p: ArrayLike, threshold: float) -> Counts:
    """Return the counts at a threshold alone. Input and errors as in `operating_point`."""
    labels = zero_one(y)
    if math.isnan(threshold):
        raise ValueError("threshold: expected a number, got NaN")
    positive, event = probabilities(p, labels.size) >= threshold, labels == 1.0
    true, false = int(np.sum(positive & event)), int(np.sum(positive & ~event))
    return Counts(
        true_positives=true,
        false_positives=false,
        true_negatives=int(np.sum(~event)) - false,
        false_negatives=int(np.sum(event)) - true,
    )


def threshold_for_sensitivity(y: ArrayLike, p: ArrayLike, at_least: float) -> float:
    """Return the threshold that reaches a sensitivity and has the best specificity.

    It is the greatest predicted probability t such that at least that share of the positive cases
    has p ≥ t. Meant for the validation predictions of the inner folds, never for test cases. `y`
    is (n,) of 0 and 1, `p` is (n,) within [0, 1], `at_least` is above 0 and at most 1. Raises
    `ValueError` for one class only, NaN, and for anything else.

    Examples
    --------
    >>> threshold_for_sensitivity([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.9)
    0.35
    """
    labels = two_classes(y)
    p, wanted = probabilities(p, labels.size), _wanted(at_least)
    reached = np.sort(p[labels == 1.0])[::-1]
    enough = np.arange(1, reached.size + 1) / reached.size >= wanted
    return float(reached[enough.argmax()])


def threshold_for_specificity(y: ArrayLike, p: ArrayLike, at_least: float) -> float:
    """Return the threshold that reaches a specificity and has the best sensitivity.

    It is the least predicted probability t such that at least that share of the negative cases
    has p < t; where there is none, because negative cases have the greatest probability, it is
    infinite, and no case of whatever probability is positive. Input and errors as in
    `threshold_for_sensitivity`.

    Examples
    --------
    >>> threshold_for_specificity([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.9)
    0.8
    """
    labels = two_classes(y)
    p, wanted = probabilities(p, labels.size), _wanted(at_least)
    negative, candidates = np.sort(p[labels == 0.0]), np.unique(p)
    specificity = np.searchsorted(negative, candidates, side="left") / negative.size
    enough = specificity >= wanted
    if not enough.any():
        return math.inf
    return float(candidates[enough.argmax()])


def _wanted(at_least: float) -> float:
    if not 0.0 < at_least <= 1.0:
        raise ValueError(f"at_least: expected above 0 and at most 1, got {at_least}")
    return at_least


def wilson(
    counts: NDArray[np.int64], totals: NDArray[np.int64], level: float
) -> NDArray[np.float64]:
    """Return low and high, (2, m), of Wilson's (1927) interval for counts and totals (m,)."""
    from statsmodels.stats.proportion import proportion_confint

    alpha = 2.0 * (1.0 - upper(level))
    bounds = proportion_confint(counts, totals, alpha=alpha, method="wilson")
    return np.asarray(bounds, dtype=np.float64)


def _share(count: int, others: int, level: float) -> Share:
    total, estimate = count + others, _of(count, others)
    low = high = math.nan
    if total:
        low, high = map(float, wilson(np.array([count]), np.array([total]), level)[:, 0])
    interval = Interval(low=low, high=high, level=level)
    return Share(count=count, total=total, estimate=estimate, interval=interval)


def _of(count: int, others: int) -> float:
    return count / (count + others) if count + others else math.nan
