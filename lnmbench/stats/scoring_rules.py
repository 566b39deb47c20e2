"""Proper scoring rules of predicted probabilities: Brier score and log loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_finite

# as scikit-learn clips: the least distance from 1 that float64 resolves
_CLIP = float(np.finfo(np.float64).eps)


def require_zero_one(y: ArrayLike) -> NDArray[np.float64]:
    """Return labels as float64 of shape (n,); one class alone is allowed.

    Raises `ValueError` for NaN, and for labels other than 0 and 1.
    """
    labels = require_finite(y, "labels")
    if not np.isin(labels, (0.0, 1.0)).all():
        raise ValueError("labels: expected 0 and 1 only")
    return labels


def require_probabilities(p: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return probabilities as float64 of shape (n,).

    Raises `ValueError` for NaN, for values outside [0, 1], and if their number is not `n`.
    """
    values = require_finite(p, "probabilities")
    if values.min() < 0.0 or values.max() > 1.0:
        raise ValueError(
            f"probabilities: expected within [0, 1], got {values.min()} to {values.max()}"
        )
    if values.size != n:
        raise ValueError(f"probabilities: expected one for each of {n} labels, got {values.size}")
    return values


def require_repeats(p: ArrayLike, n: int) -> NDArray[np.float64]:
    """Return the probabilities of each repeat as float64, (repeats, n).

    Parameters
    ----------
    p
        Probabilities of one repeat, (n,), or of several, (repeats, n).
    n
        Number of cases.

    Returns
    -------
    ndarray
        (repeats, n).

    Raises
    ------
    ValueError
        As `require_probabilities`.
    """
    repeats = np.atleast_2d(np.asarray(p, dtype=np.float64))
    return np.stack([require_probabilities(repeat, n) for repeat in repeats])


def squared_errors(y: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """Return (y − p)² of each case, (n,); its mean is the Brier score, see `brier`."""
    labels = require_zero_one(y)
    return np.asarray((labels - require_probabilities(p, labels.size)) ** 2)


def log_losses(y: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """Return −log of the predicted probability of each case's label, (n,); see `log_loss`."""
    labels = require_zero_one(y)
    likelihood = np.abs(1.0 - labels - require_probabilities(p, labels.size))
    return np.asarray(-np.log(likelihood.clip(_CLIP, 1.0 - _CLIP)))


def brier(y: ArrayLike, p: ArrayLike) -> float:
    """Return the Brier score, the mean of (y − p)²; 0 is perfect (Brier 1950).

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,); one class alone is allowed.
    p
        Predicted probabilities, (n,), within [0, 1].

    Returns
    -------
    float
        The Brier score, within [0, 1].

    Raises
    ------
    ValueError
        For NaN, values outside these ranges, and lengths that differ.

    Examples
    --------
    >>> round(brier([0, 1], [0.2, 0.6]), 3)
    0.1
    """
    return float(squared_errors(y, p).mean())


def log_loss(y: ArrayLike, p: ArrayLike) -> float:
    """Return the mean of −log of the predicted probability of the labels (Good 1952).

    Probabilities are clipped to 2.2e-16 from 0 and 1, as in scikit-learn, so that a wrong
    certainty costs 36, not infinity. Raises `ValueError` as `brier` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,); one class alone is allowed.
    p
        Predicted probabilities, (n,), within [0, 1].

    Returns
    -------
    float
        The log loss in nats.

    Examples
    --------
    >>> round(log_loss([0, 1], [0.5, 0.5]), 4)
    0.6931
    """
    return float(log_losses(y, p).mean())
