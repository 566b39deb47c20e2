"""Random streams: each fit has its own, so that no fit hears of its neighbors in the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.rng import seeded_generator

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEVELS = 256


class Dropout:
    """Draws the dropout of K fits, each from its own stream.

    One draw serves all layers of a fit's step: a byte for each place where dropout may strike,
    row after row (a row is a token or a case), so that a row's masks depend on the rows before it
    in its own fit and on nothing else. A rate is held to the nearest 1/256, and the scale goes
    with the rate that is held, so that expectations are exact. Streams live on the CPU, so that
    a fit drops the same places on every device.
    """

    def __init__(self, rates: Tensor, seeds: Sequence[int], device: torch.device) -> None:
        self._streams = [seeded_generator(seed, "dropout") for seed in seeds]
        levels = (rates.double() * _LEVELS).round().clamp(0, _LEVELS - 1).cpu()
        self._active = bool((levels > 0).any())
        self._dropped = levels.to(torch.uint8).to(device)
        self._scale = (_LEVELS / (_LEVELS - levels)).float().to(device)
        self._device = device

    def draw(self, fits: Sequence[int], counts: Sequence[int], rows: int, width: int) -> Keep:
        """Return the factors of a step, for (len(fits), rows) rows of `width` places each.

        `counts` are the rows that each fit really has; what stands behind them is arbitrary.
        """
        if not self._active:
            return Keep()
        bytes_a_row = -(-width // 8) * 8
        bits = torch.empty(len(fits), rows * bytes_a_row // 8, dtype=torch.int64)
        for own, fit, count in zip(bits, fits, counts, strict=True):
            # `from` and `to` spelled out: without them the sign bit would never be drawn.
            words = own[: count * bytes_a_row // 8]
            words.random_(-(2**63), None, generator=self._streams[fit])
        drawn = bits.view(torch.uint8).view(len(fits), rows, bytes_a_row).to(self._device)
        chosen = torch.as_tensor(fits, device=self._device)
        return Keep(drawn, self._dropped[chosen, None, None], self._scale[chosen, None, None])


class Keep:
    """The dropout of one step, dealt out to the layers in the order in which they ask.

    `drawn` is uint8 (K, rows, places), None for no dropout; what is below the model's threshold
    `dropped` (K, 1, 1) is dropped, the rest is scaled by `scale` (K, 1, 1).
    """

    def __init__(
        self,
        drawn: Tensor | None = None,
        dropped: Tensor | None = None,
        scale: Tensor | None = None,
    ) -> None:
        self._drawn, self._dropped, self._scale = drawn, dropped, scale
        self._dealt = 0

    def take(self, width: int) -> Tensor | None:
        """Return the next (K, rows, width) factors, 0 or 1 / (1 - rate); None for no dropout."""
        if self._drawn is None or self._dropped is None or self._scale is None:
            return None
        start, self._dealt = self._dealt, self._dealt + width
        if self._dealt > self._drawn.shape[-1]:
            raise ValueError(f"{self._dealt} places asked of {self._drawn.shape[-1]} drawn")
        drawn = self._drawn[..., start : self._dealt]
        factors = torch.empty(drawn.shape, device=drawn.device)
        return torch.ge(drawn, self._dropped, out=factors).mul_(self._scale)
