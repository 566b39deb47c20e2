"""Early stopping: each fit by its own validation loss, each with its own best weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.device import upload

if TYPE_CHECKING:
    from collections.abc import Sequence


class BestWeights:
    """The best epoch of each of K fits so far, with its weights.

    A fit stops after `patience` epochs without a lower validation loss. A fit that never had a
    finite loss keeps epoch 0 and a loss of infinity.

    Parameters
    ----------
    initial
        The weights before the first epoch, (K, size).
    patience
        The number of epochs without improvement after which a fit stops.
    """

    def __init__(self, initial: Tensor, patience: int) -> None:
        self.weights = initial.clone()
        self.loss = torch.full((len(initial),), torch.inf)
        self.epoch = torch.zeros(len(initial), dtype=torch.int64)
        self.epochs = torch.zeros(len(initial), dtype=torch.int64)
        self._last_untrained = torch.zeros(len(initial), dtype=torch.int64)
        self._patience = patience

    def update(
        self, fits: Sequence[int], weights: Tensor, losses: Tensor, epoch: int, trained: Tensor
    ) -> list[int]:
        """Store the weights of fits that improved; return the fits that stop.

        Parameters
        ----------
        fits
            The indices of the k fits that trained in this epoch.
        weights
            Their weights, (k, size).
        losses
            Their validation losses, (k,), on the CPU.
        epoch
            The epoch, counted from one.
        trained
            Whether the target was trained in this epoch, bool (k,), on the CPU. If not, the epoch
            cannot be the best one and does not count for the patience.
        """
        index = torch.tensor(fits)
        improved = trained & (losses < self.loss[index])
        self._last_untrained[index[~trained]] = epoch
        best = index[improved]
        self.epochs[index] = epoch
        self.loss[best], self.epoch[best] = losses[improved], epoch
        rows = improved.nonzero().flatten()
        if weights.device.type == "cpu":  # one by one, without a second copy of all rows
            for fit, row in zip(best.tolist(), rows.tolist(), strict=True):
                self.weights[fit] = weights[row]
        else:
            rows_there, best_there = (upload(x, weights.device) for x in (rows, best))
            self.weights[best_there] = weights[rows_there]
        last = torch.maximum(self.epoch, self._last_untrained)[index]
        stopped = epoch - last >= self._patience
        fits_that_stop: list[int] = index[stopped].tolist()
        return fits_that_stop
