"""Results of fits: predictions, the best epoch and the history, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class FitEpoch:
    """One epoch of one fit: mean losses of the target over its training and validation cases."""

    fit: int
    epoch: int
    training_loss: float
    validation_loss: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitResults:
    """Predictions and history of K fits.

    A fit that never had a finite loss has best epoch 0, a loss of infinity, and predicts NaN.

    Parameters
    ----------
    probabilities
        By task, float64 (K, n, outputs), NaN for cases that are not predicted; the target has one
        output for each outcome.
    best_epoch
        The epoch whose weights predict, counted from one, int64 (K,).
    best_loss
        The validation loss of the weights that predict, float64 (K,): that of the target, if fits
        learn it.
    epochs
        The number of epochs trained, int64 (K,).
    history
        The epochs of all fits.
    notes
        Notes for the user.
    image_features
        Of fits that learn tasks alone, the input of the heads, float64 (K, n, image_features), NaN
        for cases that are not predicted; None for other fits.
    permuted
        The target's probabilities for each permuted input, float64 (K, inputs, P, T, m), NaN after
        the tested cases of a fit; None without permutations.
    """

    probabilities: Mapping[str, NDArray[np.float64]]
    best_epoch: NDArray[np.int64]
    best_loss: NDArray[np.float64]
    epochs: NDArray[np.int64]
    history: tuple[FitEpoch, ...]
    notes: tuple[str, ...] = ()
    image_features: NDArray[np.float64] | None = None
    permuted: NDArray[np.float64] | None = None
