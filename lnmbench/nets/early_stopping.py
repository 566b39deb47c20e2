"""Early stopping: each fit by its own validation loss, each with its own best weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence


class Best:
    """The best epoch of each of K fits so far, and the weights (K, size) that it had.

    A fit stops when `patience` epochs have brought no lower validation loss. One that never had a
    finite loss keeps epoch 0 and a loss of infinity.
    """

    def __init__(self, start: Tensor, patience: int) -> None:
        self.weights = start.clone()
        self.loss = torch.full((len(start),), torch.inf)
        self.epoch = torch.zeros(len(start), dtype=torch.int64)
        self.epochs = torch.zeros(len(start), dtype=torch.int64)
        self._patience = patience

    def update(self, fits: Sequence[int], flat: Tensor, losses: Tensor, epoch: int) -> list[int]:
        """Take in an epoch of these fits, weights (k, size) and losses (k,); return who stops."""
        self.epochs[list(fits)] = epoch
        for row, (fit, loss) in enumerate(zip(fits, losses.tolist(), strict=True)):
            if loss < self.loss[fit]:
                self.loss[fit], self.epoch[fit] = loss, epoch
                self.weights[fit] = flat[row]
        return [fit for fit in fits if epoch - int(self.epoch[fit]) >= self._patience]
