"""The fits that still train: their parameters and optimizer side by side, with no gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.stacked.optimizer import AdamW

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lnmbench.nets.stacked.parameters import ParameterLayout


class Stack:
    """K fits in the rows of one flat buffer; `fits[row]` says which fit a row is.

    A fit that has stopped leaves at once, and the last row takes its place: what is left trains
    on without paying for it.
    """

    def __init__(self, layout: ParameterLayout, start: Tensor, optimizer: AdamW) -> None:
        self._layout, self._flat, self._optimizer = layout, start, optimizer
        self._gradient = torch.zeros_like(start)
        self.fits = list(range(len(start)))
        self._view()

    def _view(self) -> None:
        k = len(self.fits)
        self.values = {
            name: view.detach().requires_grad_()
            for name, view in self._layout.views(self._flat[:k]).items()
        }
        self.gradients = self._layout.views(self._gradient[:k])

    @property
    def flat(self) -> Tensor:
        """The parameters of the fits that train, (k, size)."""
        return self._flat[: len(self.fits)]

    def step(self, rows: Sequence[int]) -> None:
        """Move the fits in these rows along their `gradients`."""
        self._optimizer.step(self._gradient[: len(self.fits)], rows)

    def leave(self, stopped: Collection[int]) -> None:
        """Let these fits go."""
        for fit in stopped:
            row, last = self.fits.index(fit), len(self.fits) - 1
            self._flat[row] = self._flat[last]
            # Between parameters a gradient is never written: what diverged there would stay.
            self._gradient[row] = 0.0
            self._optimizer.replace(row, last)
            self.fits[row] = self.fits[last]
            self.fits.pop()
        if stopped:
            self._view()
