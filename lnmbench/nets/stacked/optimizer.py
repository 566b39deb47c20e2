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

    Rates are (K,). The first `decayed` columns decay, the others (biases, norms, learned loss
    weights) do not. `paces` (size,) multiplies the rate of each column, `decay_paces` its decay.
    The gradient of each row is clipped to the norm `clip` of its own.
    """

    def __init__(
        self,
        parameters: Tensor,
        *,
        decayed: int,
        learning_rate: Tensor,
        weight_decay: Tensor,
        clip: float,
        paces: Tensor | None = None,
        decay_paces: Tensor | None = None,
    ) -> None:
        self._parameters = parameters
        self._first, self._second = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self._steps = torch.zeros(len(parameters), dtype=torch.float64)
        self._rate, self._decay = learning_rate.double().cpu(), weight_decay.double().cpu()
        self._decayed, self._clip = decayed, clip
        self._paces = paces
        self._decay_paces = None if decay_paces is None else decay_paces[:decayed]

    def step(self, gradient: Tensor, rows: Sequence[int]) -> None:
        """Move these rows along gradient (k, size), which is used up; other rows do not stir."""
        k = len(gradient)
        self._steps[list(rows)] += 1
        norms = torch.linalg.vector_norm(gradient, dim=1)
        shrink = (self._clip / (norms + 1e-6)).clamp(max=1.0).to(gradient)
        unbiased1 = 1.0 - _BETA1 ** self._steps[:k]
        unbiased2 = (1.0 - _BETA2 ** self._steps[:k]).sqrt()
        stride = (-self._rate[:k] * unbiased2 / unbiased1).to(gradient)
        floor = (_EPSILON * unbiased2).to(gradient)
        kept = (1.0 - self._rate[:k] * self._decay[:k]).to(gradient)
        for block in self._blocks(rows):
            self._parameters[block, : self._decayed].mul_(self._kept(kept[block, None]))
            self._move(block, gradient[block], *(x[block, None] for x in (shrink, stride, floor)))

    def _kept(self, share: Tensor) -> Tensor:
        """The share of each decaying column that is kept, given that at the pace 1, (k, 1)."""
        return share if self._decay_paces is None else 1.0 - (1.0 - share) * self._decay_paces

    def _move(
        self, block: slice, gradient: Tensor, shrink: Tensor, stride: Tensor, floor: Tensor
    ) -> None:
        first, second = self._first[block], self._second[block]
        gradient.mul_(shrink)
        first.lerp_(gradient, 1.0 - _BETA1)
        second.mul_(_BETA2).addcmul_(gradient, gradient, value=1.0 - _BETA2)
        torch.sqrt(second, out=gradient).add_(floor)
        torch.div(first, gradient, out=gradient)
        if self._paces is not None:
            gradient.mul_(self._paces)
        self._parameters[block].addcmul_(gradient, stride)

    def _blocks(self, rows: Sequence[int]) -> Iterator[slice]:
        size = self._parameters.shape[1]
        most = len(rows) if self._parameters.is_cuda else max(1, _BLOCK // size)
        start = 0
        for i, row in enumerate(rows):
            last = i + 1 == len(rows)
            if last or rows[i + 1] != row + 1 or i + 1 - start == most:
                yield slice(rows[start], row + 1)
                start = i + 1

    def replace(self, row: int, by: int) -> None:
        """Let a row go on with the state of another one."""
        for state in (self._first, self._second, self._steps, self._rate, self._decay):
            state[row] = state[by]
