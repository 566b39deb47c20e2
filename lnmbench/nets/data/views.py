"""Cached views: in training, each case of a fit is seen in one of several views, drawn by chance.

What a frozen stage makes of a changed image cannot be computed while fits train; so some changed
versions of every slice are encoded beforehand. View 0 is the plain one, and all that is judged.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.rng import seeded_generator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lnmbench.nets.data.packing import Slots
    from lnmbench.nets.stacked.embedding import Front


class Views:
    """A front that shows another one, in training, a view of each case.

    The other front finds slice s of view v in row `v * slices + s`. Each fit draws from a stream
    of its own seed.
    """

    def __init__(self, front: Front, seeds: Sequence[int], *, views: int, slices: int) -> None:
        self._front, self._views, self._slices = front, views, slices
        self._streams = [seeded_generator(seed, "views") for seed in seeds]
        self._shown: Slots | None = None

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What the names of the other front's parameters begin with."""
        return self._front.prefixes

    def forward(
        self, fits: Sequence[int], values: Mapping[str, Tensor], slots: Slots, *, training: bool
    ) -> Tensor:
        """Return the other front's tokens (k, P, d), in training those of views."""
        shown = self._drawn(fits, slots) if training else slots
        self._shown = shown
        return self._front.forward(fits, values, shown, training=training)

    def backward(
        self,
        fits: Sequence[int],
        values: Mapping[str, Tensor],
        d_tokens: Tensor,
        slots: Slots,
        gradients: Mapping[str, Tensor],
    ) -> None:
        """Write the other front's gradients, given those of the tokens of the last `forward`."""
        assert self._shown is not None
        self._front.backward(fits, values, d_tokens, self._shown, gradients)

    def _drawn(self, fits: Sequence[int], slots: Slots) -> Slots:
        case, counts = cases_of(slots)
        views = torch.zeros(len(fits), max(1, *counts), dtype=torch.int64)
        for row, (fit, count) in enumerate(zip(fits, counts, strict=True)):
            views[row, :count].random_(0, self._views, generator=self._streams[fit])
        view = views.to(case.device).gather(1, case)
        return replace(slots, slices=slots.slices + view * self._slices * slots.real)


def cases_of(slots: Slots) -> tuple[Tensor, list[int]]:
    """Return whose token stands at each place, (K, P), 0 at gaps, and each fit's cases (K,)."""
    return slots.pool.argmax(1), (slots.pool > 0).any(2).sum(1).tolist()
