"""Learning curves: losses by epoch over the fits of a method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Curve


def summarize_losses(table: NDArray[np.float64]) -> Curve:
    """Return quartiles over the fits that were still training in each epoch.

    Parameters
    ----------
    table
        Epoch, training loss and validation loss of each epoch of each fit, (rows, 3).
    """
    epochs = np.unique(table[:, 0])
    losses = [table[table[:, 0] == epoch, 1:] for epoch in epochs]
    quartiles = np.stack([np.nanpercentile(pairs, (25, 50, 75), axis=0) for pairs in losses])
    return Curve(
        epochs=epochs.astype(np.int64),
        training=quartiles[:, :, 0],
        validation=quartiles[:, :, 1],
        fits=np.array([len(pairs) for pairs in losses]),
    )
