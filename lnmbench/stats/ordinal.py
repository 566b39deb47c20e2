"""Scores of auxiliary tasks: ordered and unordered classes, several labels, measurements, masks."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_finite
from lnmbench.stats.discrimination import auc, average_precision


def quadratic_kappa(y: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Return Cohen's kappa with quadratic weights between true and predicted ordered classes.

    1 − Σ w·O / Σ w·E with w_ij = (i − j)², which is 1 − mean (y − ŷ)² / (var y + var ŷ +
    (mean y − mean ŷ)²) (Cohen 1968; Fleiss & Cohen 1973).

    Parameters
    ----------
    y
        True classes 0 … n_classes − 1, (n,).
    predicted
        Predicted classes 0 … n_classes − 1, (n,).
    n_classes
        Number of classes.

    Returns
    -------
    float
        Kappa; NaN if all cases are in one class and are predicted so.

    Raises
    ------
    ValueError
        For NaN, other classes, and lengths that differ.

    Examples
    --------
    >>> round(quadratic_kappa([0, 1, 2, 2], [0, 2, 2, 1], 3), 4)
    0.6364
    """
    truth, classes = _classes(y, "labels", n_classes), _classes(predicted, "classes", n_classes)
    _same_length(truth, classes)
    by_chance = truth.var() + classes.var() + (truth.mean() - classes.mean()) ** 2
    # an expected disagreement of zero may be a rounding error
    if by_chance <= 1e-12:
        return math.nan
    return float(1.0 - np.mean((truth - classes) ** 2) / by_chance)


def macro_auc(y: ArrayLike, p: ArrayLike) -> float:
    """Return the mean over the classes of the AUC of one class against the rest.

    Classes have equal weights (Provost & Domingos 2000, unweighted). A class without a case, or to
    which all cases belong, is left out.

    Parameters
    ----------
    y
        True classes, (n,).
    p
        Score of each class, (n, classes).

    Returns
    -------
    float
        The macro AUC, within [0, 1].

    Raises
    ------
    ValueError
        If no class is left, for NaN, other classes, and lengths that differ.

    Examples
    --------
    >>> p = [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]
    >>> round(macro_auc([0, 1, 1, 2], p), 4)
    0.7222
    """
    scores = np.asarray(p, dtype=np.float64)
    if scores.ndim != 2:
        raise ValueError(f"scores: expected the shape (n, classes), got {scores.shape}")
    truth = _classes(y, "labels", scores.shape[1])
    _same_length(truth, scores)
    present = np.unique(truth)
    if present.size < 2:
        raise ValueError(f"labels: expected at least two classes, got {truth.size} of one")
    return float(np.mean([auc(truth == number, scores[:, int(number)]) for number in present]))


def multilabel_auc(y: ArrayLike, p: ArrayLike) -> float:
    """Return the mean AUC over the elements of a label, each on the cases in which it is known.

    Elements have equal weights. An element without a known positive or negative case is left out.

    Parameters
    ----------
    y
        Labels 0, 1 or NaN if unknown, (n, elements).
    p
        Score of each element, (n, elements).

    Returns
    -------
    float
        The mean AUC, within [0, 1]; NaN if no element is left.

    Raises
    ------
    ValueError
        For shapes that differ and for other labels.

    Examples
    --------
    >>> y = [[0, 1], [1, math.nan], [1, 0], [0, math.nan]]
    >>> multilabel_auc(y, [[0.1, 0.2], [0.7, 0.9], [0.3, 0.6], [0.4, 0.1]])
    0.375
    """
    return _average_over_elements(auc, y, p)


def multilabel_average_precision(y: ArrayLike, p: ArrayLike) -> float:
    """Return the mean over elements of the average precision of each.

    Parameters
    ----------
    y
        Labels (n, elements) of 0, 1 and NaN where unknown.
    p
        Probabilities (n, elements).

    Returns
    -------
    float
        NaN if no element has cases of both classes; an element without them is left out.
    """
    return _average_over_elements(average_precision, y, p)


def c_index(y: ArrayLike, score: ArrayLike) -> float:
    """Return the share of pairs of different classes that a score orders as the classes are.

    The concordance index of Harrell et al. (1982) for ordered classes; pairs with equal scores
    count half. With two classes it is the AUC.

    Parameters
    ----------
    y
        Class numbers (n,).
    score
        Scores (n,).

    Returns
    -------
    float
        NaN if all cases are of one class.

    Examples
    --------
    >>> c_index([0, 1, 2], [0.1, 0.3, 0.2])
    0.6666666666666666
    """
    classes, scores = np.asarray(y, dtype=np.float64), np.asarray(score, dtype=np.float64)
    higher = classes[:, None] > classes
    pairs = int(higher.sum())
    if not pairs:
        return math.nan
    difference = scores[:, None] - scores
    concordant = ((difference > 0) & higher).sum() + 0.5 * ((difference == 0) & higher).sum()
    return float(concordant / pairs)


def mean_absolute_error(y: ArrayLike, predicted: ArrayLike) -> float:
    """Return the mean of |y − ŷ|.

    Parameters
    ----------
    y, predicted
        True and predicted measurements, (n,) each.

    Returns
    -------
    float
        The mean absolute error in the unit of `y`.

    Raises
    ------
    ValueError
        For NaN and for lengths that differ.

    Examples
    --------
    >>> mean_absolute_error([10.0, 20.0], [12.0, 19.0])
    1.5
    """
    truth, guess = require_finite(y, "labels"), require_finite(predicted, "predictions")
    _same_length(truth, guess)
    return float(np.abs(truth - guess).mean())


def dice(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Return the mean over cases of the Dice coefficient 2·|A ∩ B| / (|A| + |B|).

    A case without true and predicted voxels counts 1 (Dice 1945; as MONAI with
    `ignore_empty=False`).

    Parameters
    ----------
    truth, predicted
        Masks of 0 and 1, (n, …) each.

    Returns
    -------
    float
        The mean Dice coefficient, within [0, 1].

    Raises
    ------
    ValueError
        For NaN, for other values, and for shapes that differ.

    Examples
    --------
    >>> dice([[1, 1, 0, 0], [0, 0, 0, 0]], [[1, 0, 0, 0], [0, 0, 0, 0]])
    0.8333333333333333
    """
    a, b = _masks(truth, "true masks"), _masks(predicted, "predicted masks")
    if a.shape != b.shape:
        raise ValueError(f"masks: expected one shape, got {a.shape} and {b.shape}")
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)  # (n, voxels)
    sizes, both = a.sum(1) + b.sum(1), (a & b).sum(1)
    return float(np.where(sizes > 0, 2.0 * both / np.maximum(sizes, 1), 1.0).mean())


def _average_over_elements(
    metric: Callable[[NDArray[np.float64], NDArray[np.float64]], float], y: ArrayLike, p: ArrayLike
) -> float:
    """Return the mean of a metric over the elements with known cases of both classes."""
    truth, scores = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if truth.ndim != 2 or truth.shape != scores.shape:
        raise ValueError(
            f"labels: expected (n, elements) as the scores, got {truth.shape} and {scores.shape}"
        )
    values = []
    for element, score in zip(truth.T, scores.T, strict=True):
        known = ~np.isnan(element)
        if np.unique(element[known]).size > 1:
            values.append(metric(element[known], score[known]))
    return float(np.mean(values)) if values else math.nan


def _classes(values: ArrayLike, what: str, n_classes: int) -> NDArray[np.float64]:
    classes = require_finite(values, what)
    if not np.isin(classes, np.arange(n_classes)).all():
        raise ValueError(f"{what}: expected whole numbers from 0 to {n_classes - 1}")
    return classes


def _masks(values: ArrayLike, what: str) -> NDArray[np.bool_]:
    masks = np.asarray(values)
    if masks.ndim < 2 or not len(masks):
        raise ValueError(f"{what}: expected the shape (n, …), got {masks.shape}")
    if not np.isin(masks, (0, 1)).all():
        raise ValueError(f"{what}: expected 0 and 1 only")
    return masks.astype(np.bool_)


def _same_length(a: NDArray[np.float64], b: NDArray[np.float64]) -> None:
    if len(a) != len(b):
        raise ValueError(f"labels: expected one for each of {len(b)} predictions, got {len(a)}")
