"""Validation of arrays, and their mean and spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def require_finite(values: ArrayLike, what: str, *, at_least: int = 1) -> NDArray[np.float64]:
    """Return values as a flat array.

    Parameters
    ----------
    values
        Numbers in any shape; they are flattened in C order.
    what
        Noun for the values in error messages.
    at_least
        Smallest number of values.

    Returns
    -------
    ndarray
        The values as float64, (m,).

    Raises
    ------
    ValueError
        For NaN, infinity and too few values.
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    if array.size < at_least:
        raise ValueError(f"{what}: expected at least {at_least} values, got {array.size}")
    wrong = np.count_nonzero(~np.isfinite(array))
    if wrong:
        raise ValueError(f"{what}: {wrong} of {array.size} values are NaN or infinite")
    return array


def require_two_classes(y: ArrayLike) -> NDArray[np.float64]:
    """Return labels as float64 of shape (n,).

    Raises `ValueError` for labels other than 0 and 1, and if one of the two is missing.
    """
    labels = require_finite(y, "labels")
    if not np.isin(labels, (0.0, 1.0)).all():
        raise ValueError("labels: expected 0 and 1 only")
    if labels.min() == labels.max():
        raise ValueError(f"labels: expected both classes, got {labels.size} of {labels[0]:.0f}")
    return labels


def require_scores(score: ArrayLike, labels: NDArray[np.float64], what: str) -> NDArray[np.float64]:
    """Return scores, one for each label.

    Parameters
    ----------
    score
        Scores, n in any shape.
    labels
        Labels, (n,).
    what
        Noun for the scores in error messages.

    Returns
    -------
    ndarray
        The scores as float64, (n,).

    Raises
    ------
    ValueError
        For NaN, infinity and another number of scores than labels.
    """
    scores = require_finite(score, what)
    if scores.size != labels.size:
        raise ValueError(
            f"{what}: expected one for each of {labels.size} labels, got {scores.size}"
        )
    return scores


def mean(values: NDArray[np.float64]) -> float:
    """Return the mean, for equal values exactly their value.

    Parameters
    ----------
    values
        Values (m,), at least one.
    """
    return float(values.mean()) if np.ptp(values) > 0.0 else float(values[0])


def spread(values: NDArray[np.float64]) -> float:
    """Return the standard deviation (ddof 1), for equal values exactly zero.

    Parameters
    ----------
    values
        Values (m,), at least one.
    """
    return float(values.std(ddof=1)) if np.ptp(values) > 0.0 else 0.0


def upper_probability(level: float) -> float:
    """Return the upper of the two probabilities that enclose a two-sided level.

    Raises `ValueError` for a level that does not lie between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: expected between 0 and 1, got {level}")
    return (1.0 + level) / 2.0
