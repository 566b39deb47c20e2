"""How well scores tell cases with the event from cases without it.

Counted here and not by scikit-learn, whose checks of every call take ten times as long as the
counting, which matters for thousands of folds and resamples; the tests compare.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import scores_of, two_classes

Side = Literal["left", "right"]


def auc(y: ArrayLike, score: ArrayLike) -> float:
    """Return the area under the ROC curve.

    The probability that a positive case scores higher than a negative one, ties counted half
    (Hanley & McNeil 1982). `y` is (n,) of 0 and 1, `score` is (n,). Raises `ValueError` for one
    class only, NaN, or shapes that differ.

    Examples
    --------
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    return float(weighted_auc(y, score, np.ones((1, np.size(y))))[0])


def average_precision(y: ArrayLike, score: ArrayLike) -> float:
    """Return the average precision, Σ (R_n − R_{n−1}) · P_n over descending thresholds.

    Tied scores make up one threshold; nothing is interpolated (Davis & Goadrich 2006). Scores
    that know nothing reach the prevalence. `y` is (n,) of 0 and 1, `score` is (n,). Raises
    `ValueError` for one class only, NaN, or shapes that differ.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    return float(weighted_average_precision(y, score, np.ones((1, np.size(y))))[0])


def weighted_auc(
    y: ArrayLike, score: ArrayLike, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the AUC, (b,), of each of many weightings (b, n) of the cases.

    As `auc` of cases that stand there as often as their weight says, which need not be a whole
    number; NaN for a row in which a class has no weight. Input and errors as in `auc`.

    Examples
    --------
    >>> weighted_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], np.array([[1, 1, 1, 1], [1, 2, 2, 0]]))
    array([0.75      , 0.33333333])
    """
    labels = two_classes(y)
    values = scores_of(score, labels, "scores")
    positive, negative = (np.flatnonzero(labels == one) for one in (1.0, 0.0))
    sides: tuple[Side, ...] = ("right", "left")
    above, level = _reaching(values[negative], weights[:, negative], values[positive], *sides)
    true, false = weights[:, positive], weights[:, negative].sum(-1)
    lost = np.einsum("bm,bm->b", true, above + level) / 2.0
    with np.errstate(invalid="ignore"):
        return np.asarray(1.0 - lost / (true.sum(-1) * false))


def weighted_average_precision(
    y: ArrayLike, score: ArrayLike, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the average precision, (b,), of each of many weightings (b, n) of the cases.

    As `average_precision` of cases that stand there as often as their weight says; NaN for a row
    in which the positive cases have no weight. Input and errors as in `average_precision`.

    Examples
    --------
    >>> weights = np.array([[1, 1, 1, 1], [1, 2, 2, 0]])
    >>> weighted_average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], weights)
    array([0.83333333, 0.5       ])
    """
    labels = two_classes(y)
    values = scores_of(score, labels, "scores")
    positive, negative = (np.flatnonzero(labels == one) for one in (1.0, 0.0))
    thresholds = np.unique(values[positive])
    (true,), (false,) = (
        _reaching(values[one], weights[:, one], thresholds, "left") for one in (positive, negative)
    )
    precision = np.divide(true, true + false, out=np.zeros_like(true), where=true > 0.0)
    gained = -np.diff(true, axis=-1, append=0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.einsum("bt,bt->b", gained, precision) / true[:, 0])


def _reaching(
    scores: NDArray[np.float64],
    weights: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    *sides: Side,
) -> list[NDArray[np.float64]]:
    """Return, for each side, the weight (b, t) of the cases (b, k) that reach thresholds (t,).

    Of `left`, those at or above a threshold; of `right`, those above it.
    """
    order = np.argsort(scores)
    below = np.zeros((len(weights), scores.size + 1))
    np.cumsum(weights[:, order], axis=-1, out=below[:, 1:])
    places = [np.searchsorted(scores[order], thresholds, side=side) for side in sides]
    return [below[:, -1:] - below[:, place] for place in places]
