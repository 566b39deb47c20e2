"""Scores of auxiliary tasks: ordered and unordered classes, measures, masks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import finite
from lnmbench.stats.discrimination import weighted_auc


def quadratic_kappa(y: ArrayLike, predicted: ArrayLike, n_classes: int) -> float:
    """Return Cohen's kappa with quadratic weights between true and predicted ordered classes.

    1 − Σ w·O / Σ w·E with w_ij = (i − j)², which is 1 − mean (y − ŷ)² / (var y + var ŷ +
    (mean y − mean ŷ)²) (Cohen 1968; Fleiss & Cohen 1973). NaN where all cases are in one class and
    are predicted so. `y` and `predicted` are (n,) of 0 … n_classes − 1. Raises `ValueError` for
    NaN and for anything else.

    Examples
    --------
    >>> round(quadratic_kappa([0, 1, 2, 2], [0, 2, 2, 1], 3), 4)
    0.6364
    """
    alike = np.ones((1, np.size(y)))
    return float(weighted_quadratic_kappa(y, predicted, n_classes, alike)[0])


def weighted_quadratic_kappa(
    y: ArrayLike, predicted: ArrayLike, n_classes: int, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the quadratic kappa, (b,), of each of many weightings (b, n) of the cases.

    As `quadratic_kappa` of cases that stand there as often as their weight says.

    Examples
    --------
    >>> weights = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 1.0, 1.0]])
    >>> weighted_quadratic_kappa([0, 1, 2, 2], [0, 2, 2, 1], 3, weights).round(4)
    array([0.6364, 0.8   ])
    """
    truth, classes = _classes(y, "labels", n_classes), _classes(predicted, "classes", n_classes)
    _same_length(truth, classes)
    moments = np.stack([truth, classes, truth**2, classes**2, (truth - classes) ** 2], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = weights @ moments / weights.sum(-1, keepdims=True)
        a, b, aa, bb, apart = means.T
        by_chance = (aa - a**2) + (bb - b**2) + (a - b) ** 2
        # what should be zero may be a rounding error
        return np.where(by_chance > 1e-12, 1.0 - apart / by_chance, math.nan)


def macro_auc(y: ArrayLike, p: ArrayLike) -> float:
    """Return the mean over the classes of the AUC of one class against the rest.

    Every class counts alike (Provost & Domingos 2000, unweighted). A class without a case, or to
    which all cases belong, is left out. `y` is (n,) of class indices, `p` is (n, classes), one
    score for each class. Raises `ValueError` where no class is left, for NaN, and for anything
    else.

    Examples
    --------
    >>> p = [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]
    >>> round(macro_auc([0, 1, 1, 2], p), 4)
    0.7222
    """
    return float(weighted_macro_auc(y, p, np.ones((1, np.size(y))))[0])


def weighted_macro_auc(
    y: ArrayLike, p: ArrayLike, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the macro AUC, (b,), of each of many weightings (b, n) of the cases.

    As `macro_auc` of cases that stand there as often as their weight says; a class without weight
    is left out of that row.

    Examples
    --------
    >>> p = [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]
    >>> weighted_macro_auc([0, 1, 1, 2], p, np.array([[1.0, 1, 1, 1], [1, 1, 1, 0]])).round(4)
    array([0.7222, 0.5   ])
    """
    scores = np.asarray(p, dtype=np.float64)
    if scores.ndim != 2:
        raise ValueError(f"scores: expected the shape (n, classes), got {scores.shape}")
    truth = _classes(y, "labels", scores.shape[1])
    _same_length(truth, scores)
    present = np.unique(truth)
    if present.size < 2:
        raise ValueError(f"labels: expected at least two classes, got {truth.size} of one")
    areas = np.stack([weighted_auc(truth == one, scores[:, int(one)], weights) for one in present])
    there = ~np.isnan(areas)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(there, areas, 0.0).sum(0) / there.sum(0))


def mean_absolute_error(y: ArrayLike, predicted: ArrayLike) -> float:
    """Return the mean of |y − ŷ|, in the unit of `y`.

    `y` and `predicted` are (n,). Raises `ValueError` for NaN and for lengths that differ.

    Examples
    --------
    >>> mean_absolute_error([10.0, 20.0], [12.0, 19.0])
    1.5
    """
    truth, guess = finite(y, "labels"), finite(predicted, "predictions")
    _same_length(truth, guess)
    return float(np.abs(truth - guess).mean())


def dice(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Return the mean over cases of the Dice coefficient 2·|A ∩ B| / (|A| + |B|).

    A case without a true and a predicted voxel counts 1 (Dice 1945; so does MONAI with
    `ignore_empty=False`). Masks are (n, …) of 0 and 1. Raises `ValueError` for NaN, for other
    values, and for shapes that differ.

    Examples
    --------
    >>> dice([[1, 1, 0, 0], [0, 0, 0, 0]], [[1, 0, 0, 0], [0, 0, 0, 0]])
    0.8333333333333333
    """
    a, b = _masks(truth, "true masks"), _masks(predicted, "predicted masks")
    if a.shape != b.shape:
        raise ValueError(f"masks: expected one shape, got {a.shape} and {b.shape}")
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    sizes, both = a.sum(1) + b.sum(1), (a & b).sum(1)
    return float(np.where(sizes > 0, 2.0 * both / np.maximum(sizes, 1), 1.0).mean())


def _classes(values: ArrayLike, what: str, n_classes: int) -> NDArray[np.float64]:
    classes = finite(values, what)
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
