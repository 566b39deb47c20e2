"""AdamW over the flat buffer of K fits, each with its own rate, decay and count of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
# On a CPU so many numbers are taken through all operations at once: they stay in the cache.
_BLOCK = 1 << 17


class AdamW:
    """AdamW (Loshchilov & Hutter 2019) for K rows of parameters.

    The gradient of each row is clipped to a norm by itself. `rate_factor` multiplies the rates of
    all rows.

    Parameters
    ----------
    parameters
        The flat buffer (K, size), updated in place.
    decayed_size
        The number of leading columns to which weight decay applies; biases, norms and learned
        loss weights follow.
    learning_rate, weight_decay
        The rates of each row, (K,).
    clip
        The largest gradient norm of a row.
    lr_scales
        Factors on the learning rate of each column, (size,); None for 1.
    weight_decay_scales
        Factors on the weight decay of each column, (size,); None for 1.
    """

    def __init__(
        self,
        parameters: Tensor,
        *,
        decayed_size: int,
        learning_rate: Tensor,
        weight_decay: Tensor,
        clip: float,
        lr_scales: Tensor | None = None,
        weight_decay_scales: Tensor | None = None,
    ) -> None:
        self._parameters = parameters
        self._first, self._second = torch.zeros_like(parameters), torch.zeros_like(parameters)
        # MPS has no float64: there, the few numbers of a step are computed on the CPU and copied
        device = torch.device("cpu") if parameters.is_mps else parameters.device
        self._steps = torch.zeros(len(parameters), dtype=torch.float64, device=device)
        self._rate = learning_rate.double().to(device)
        self._decay = weight_decay.double().to(device)
        self._decayed_size, self._clip = decayed_size, clip
        self._lr_scales, self.rate_factor = lr_scales, 1.0
        self._decay_scales = None
        if weight_decay_scales is not None:
            self._decay_scales = weight_decay_scales[:decayed_size]

    def step(self, gradient: Tensor, rows: Sequence[int]) -> None:
        """Update some rows and leave the others unchanged.

        Parameters
        ----------
        gradient
            The gradients of the first k rows, (k, size); used as scratch memory.
        rows
            The rows to update, in ascending order.
        """
        k = len(gradient)
        for run in self._runs(rows, k):
            self._steps[run] += 1
        norms = torch.linalg.vector_norm(gradient, dim=1)
        shrink = (self._clip / (norms + 1e-6)).clamp(max=1.0).to(gradient)
        unbiased1 = 1.0 - _BETA1 ** self._steps[:k]
        unbiased2 = (1.0 - _BETA2 ** self._steps[:k]).sqrt()
        rate = self.rate_factor * self._rate[:k]
        stride = (-rate * unbiased2 / unbiased1).to(gradient)
        floor = (_EPSILON * unbiased2).to(gradient)
        decay_factor = (1.0 - rate * self._decay[:k]).to(gradient)
        for block in self._blocks(rows):
            factors = self._scale_decay(decay_factor[block, None])  # (rows, 1)
            self._parameters[block, : self._decayed_size].mul_(factors)
            scales = (x[block, None] for x in (shrink, stride, floor))  # each (rows, 1)
            self._update(block, gradient[block], *scales)

    def _scale_decay(self, factor: Tensor) -> Tensor:
        """Return the decay factor of each decaying column, from that at scale 1, (rows, 1)."""
        return factor if self._decay_scales is None else 1.0 - (1.0 - factor) * self._decay_scales

    def _update(
        self, block: slice, gradient: Tensor, shrink: Tensor, stride: Tensor, floor: Tensor
    ) -> None:
        first, second = self._first[block], self._second[block]
        gradient.mul_(shrink)
        first.lerp_(gradient, 1.0 - _BETA1)
        second.mul_(_BETA2).addcmul_(gradient, gradient, value=1.0 - _BETA2)
        torch.sqrt(second, out=gradient).add_(floor)
        torch.div(first, gradient, out=gradient)
        if self._lr_scales is not None:
            gradient.mul_(self._lr_scales)
        self._parameters[block].addcmul_(gradient, stride)

    def _blocks(self, rows: Sequence[int]) -> Iterator[slice]:
        """Yield the rows as slices of neighbors, small enough for the cache on a CPU."""
        most = len(rows)
        if self._parameters.device.type == "cpu":
            most = max(1, _BLOCK // self._parameters.shape[1])
        yield from self._runs(rows, most)

    def _runs(self, rows: Sequence[int], most: int) -> Iterator[slice]:
        """Yield the rows as slices of neighbors, so many at most."""
        start = 0
        for i, row in enumerate(rows):
            last = i + 1 == len(rows)
            if last or rows[i + 1] != row + 1 or i + 1 - start == most:
                yield slice(rows[start], row + 1)
                start = i + 1

    def copy_row(self, source: int, destination: int) -> None:
        """Copy the optimizer's state of one row to another."""
        for state in (self._first, self._second, self._steps, self._rate, self._decay):
            state[destination] = state[source]
