"""How far predicted probabilities lie from what happened."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import finite

# as scikit-learn clips: the least distance from 0 and 1 that float64 tells
_CLIP = float(np.finfo(np.float64).eps)


def zero_one(y: ArrayLike) -> NDArray[np.float64]:
    """Return labels as float64 of shape (n,); one class alone is allowed.

    Raises `ValueError` for NaN, and for labels other than 0 and 1.
    """
    labels = finite(y, "labels")
    if not np.isin(labels, (0.0, 1.0)).all():
        raise ValueError("labels: expected 0 and 1 only")
    return labels


def probabilities(p: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return probabilities as float64 of shape (n,).

    Raises `ValueError` for NaN, for values outside [0, 1], and for another number than `n`.
    """
    values = finite(p, "probabilities")
    if values.min() < 0.0 or values.max() > 1.0:
        raise ValueError(
            f"probabilities: expected within [0, 1], got {values.min()} to {values.max()}"
        )
    if values.size != n:
        raise ValueError(f"probabilities: expected one for each of {n} labels, got {values.size}")
    return values


def squared_errors(y: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """Return (y − p)² of every case, (n,); the Brier score is its mean."""
    labels = zero_one(y)
    return np.asarray((labels - probabilities(p, labels.size)) ** 2)


def log_losses(y: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """Return −log of the probability given to what happened, (n,); see `log_loss`."""
    labels = zero_one(y)
    given = np.abs(1.0 - labels - probabilities(p, labels.size))
    return np.asarray(-np.log(given.clip(_CLIP, 1.0 - _CLIP)))


def brier(y: ArrayLike, p: ArrayLike) -> float:
    """Return the Brier score, the mean of (y − p)²; 0 is perfect (Brier 1950).

    `y` is (n,) of 0 and 1, one class alone is allowed; `p` is (n,) within [0, 1]. Raises
    `ValueError` for NaN and for anything else.

    Examples
    --------
    >>> round(brier([0, 1], [0.2, 0.6]), 3)
    0.1
    """
    return float(squared_errors(y, p).mean())


def log_loss(y: ArrayLike, p: ArrayLike) -> float:
    """Return the mean of −log of the probability given to what happened (Good 1952).

    Probabilities are kept 2.2e-16 away from 0 and 1, as scikit-learn does, so that a wrong
    certainty costs 36, not infinity. `y` and `p` as in `brier`, which says what is raised.

    Examples
    --------
    >>> round(log_loss([0, 1], [0.5, 0.5]), 4)
    0.6931
    """
    return float(log_losses(y, p).mean())
