"""Discrimination: AUC and average precision, also of many weightings of the cases at once.

They are counted here rather than by scikit-learn, whose checks of each call take ten times as long
as the counting, which matters for thousands of folds and resamples; the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_scores, require_two_classes


def auc(y: ArrayLike, score: ArrayLike) -> float:
    """Return the area under the ROC curve.

    The probability that a positive case scores higher than a negative one, ties counted half
    (Hanley & McNeil 1982).

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,), higher for positive cases.

    Returns
    -------
    float
        The AUC, within [0, 1].

    Raises
    ------
    ValueError
        For one class only, NaN, or lengths that differ.

    Examples
    --------
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    return float(weighted_auc(y, score, np.ones((1, np.size(y))))[0])


def average_precision(y: ArrayLike, score: ArrayLike) -> float:
    """Return the average precision, Σ (R_n − R_{n−1}) · P_n over descending thresholds.

    Tied scores make up one threshold; nothing is interpolated (Davis & Goadrich 2006). Random
    scores reach the prevalence.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,), higher for positive cases.

    Returns
    -------
    float
        The average precision, within (0, 1].

    Raises
    ------
    ValueError
        For one class only, NaN, or lengths that differ.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    return float(weighted_average_precision(y, score, np.ones((1, np.size(y))))[0])


def weighted_auc(
    y: ArrayLike, score: ArrayLike, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the AUC of each of many weightings of the cases.

    A weight need not be a whole number. Raises `ValueError` as `auc` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,), higher for positive cases.
    weights
        Weight of each case in each weighting, (b, n): 2 counts it twice, 0 leaves it out.

    Returns
    -------
    ndarray
        The AUC of each weighting, (b,); NaN if a class has no weight.

    Examples
    --------
    >>> weighted_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], np.array([[1, 1, 1, 1], [1, 2, 2, 0]]))
    array([0.75      , 0.33333333])
    """
    return prepare_auc(y, score)(weights)


def prepare_auc(
    y: ArrayLike, score: ArrayLike
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return `weighted_auc` of these labels and scores as a function of the weights.

    It sorts the scores once for all its calls. Raises `ValueError` as `auc` does.
    """
    labels = require_two_classes(y)
    values = require_scores(score, labels, "scores")
    summed, counted = (np.flatnonzero(labels == label) for label in (0.0, 1.0))
    if counted.size < summed.size:
        # running sums are slow, so those of the smaller class; with negated scores it is below
        summed, counted, values = counted, summed, -values
    summed, counted = (cases[np.argsort(values[cases])] for cases in (summed, counted))
    first, last = np.zeros((2, labels.size), dtype=np.intp)  # column 0: the summed beat nothing
    first[counted] = np.searchsorted(values[summed], values[counted])
    last[counted] = np.searchsorted(values[summed], values[counted], side="right")
    ties, is_counted = bool(np.any(first != last)), labels == labels[counted[0]]

    def weigh(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        below = np.zeros((len(weights), summed.size + 1))
        np.cumsum(weights.take(summed, axis=1), axis=-1, out=below[:, 1:])
        beaten = below.take(first, axis=1)  # (b, n)
        if ties:
            beaten = (beaten + below.take(last, axis=1)) / 2.0
        total = weights @ is_counted
        with np.errstate(invalid="ignore"):
            return np.asarray(np.einsum("bn,bn->b", weights, beaten) / (total * below[:, -1]))

    return weigh


def weighted_average_precision(
    y: ArrayLike, score: ArrayLike, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the average precision of each of many weightings of the cases.

    Raises `ValueError` as `average_precision` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,), higher for positive cases.
    weights
        Weight of each case in each weighting, (b, n): 2 counts it twice, 0 leaves it out.

    Returns
    -------
    ndarray
        The average precision of each weighting, (b,); NaN if the positive cases have no weight.

    Examples
    --------
    >>> weights = np.array([[1, 1, 1, 1], [1, 2, 2, 0]])
    >>> weighted_average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], weights)
    array([0.83333333, 0.5       ])
    """
    labels = require_two_classes(y)
    values = require_scores(score, labels, "scores")
    positive, negative = (np.flatnonzero(labels == label) for label in (1.0, 0.0))
    thresholds = np.unique(values[positive])
    true, false = (
        _weigh_reaching(values[cases], weights[:, cases], thresholds)
        for cases in (positive, negative)
    )
    precision = np.divide(true, true + false, out=np.zeros_like(true), where=true > 0.0)
    gained = -np.diff(true, axis=-1, append=0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.einsum("bt,bt->b", gained, precision) / true[:, 0])


def _weigh_reaching(
    scores: NDArray[np.float64],
    weights: NDArray[np.float64],
    thresholds: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the weight (b, t) of the cases (b, k) at or above each of the thresholds (t,)."""
    order = np.argsort(scores)
    below = np.zeros((len(weights), scores.size + 1))
    np.cumsum(weights[:, order], axis=-1, out=below[:, 1:])
    return below[:, -1:] - below[:, np.searchsorted(scores[order], thresholds)]
