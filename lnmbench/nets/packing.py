"""Batches of K fits: each fit's own cases, their slices packed one behind the other."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slots:
    """The same tokens in two orders: packed for the linear layers, in a grid for attention.

    Packed, a fit's T tokens fill P > T places, and what is behind them is padding. In the grid a
    case has L slots, of which it uses as many as it has slices. `slices` (K, P) are the rows of
    the features; `token_of_slot` (K · B · L,) and `slot_of_token` (K · P,) lead from one order to
    the other. A slot without a token points to its fit's last, always unused place, and a place
    without a token to a slot K · B · L behind the last: both are kept at zero, so that nothing
    flows between tokens and padding in either direction. `used` (K · B, 1, L) is 1 or 0;
    `pool` (K, B, P) takes the mean over each case's tokens.
    """

    counts: tuple[int, ...]
    slots: int
    slices: Tensor
    token_of_slot: Tensor
    slot_of_token: Tensor
    used: Tensor
    pool: Tensor

    @property
    def places(self) -> int:
        """P, the places that every fit has for its tokens."""
        return self.slices.shape[1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """The cases of one step of K fits: `cases` (K, B), of which those `present` count."""

    counts: tuple[int, ...]
    cases: Tensor
    present: Tensor
    slots: Slots | None

    @property
    def rows(self) -> tuple[tuple[int, ...], int]:
        """What dropout is drawn for: tokens, or cases where there are no images; and their room."""
        if self.slots is None:
            return self.counts, self.cases.shape[1]
        return self.slots.counts, self.slots.places


def pack(chosen: Sequence[Tensor], offsets: Tensor | None, device: torch.device) -> Batch:
    """Return the batch of these cases: int64 (B_k,) for each fit, which may be empty.

    `offsets` (n + 1,) says which rows are a case's slices; None where there are none.
    """
    counts = torch.tensor([len(cases) for cases in chosen])
    present = torch.arange(int(counts.max())) < counts[:, None]
    cases = torch.zeros(present.shape, dtype=torch.int64)
    cases[present] = torch.cat(list(chosen))
    slots = None if offsets is None else _moved(_slots(cases, present, offsets), device)
    return Batch(
        counts=tuple(counts.tolist()),
        cases=cases.to(device),
        present=present.to(device),
        slots=slots,
    )


def _slots(cases: Tensor, present: Tensor, offsets: Tensor) -> Slots:
    models, batch = cases.shape
    lengths = offsets.diff()[cases] * present
    ends = lengths.cumsum(1)
    counts = ends[:, -1]
    places, slots = int(counts.max()) + 1, int(lengths.max())
    within = torch.arange(slots)
    used = within < lengths[..., None]
    first = torch.arange(models)[:, None, None] * places
    position = ((ends - lengths)[..., None] + within + first)[used]
    slices = torch.zeros(models * places, dtype=torch.int64)
    slices[position] = (offsets[cases][..., None] + within)[used]
    token_of_slot = (first + places - 1).expand(used.shape).contiguous()
    token_of_slot[used] = position
    slot_of_token = torch.full((models * places,), used.numel())
    slot_of_token[position] = torch.arange(used.numel())[used.flatten()]
    return Slots(
        counts=tuple(counts.tolist()),
        slots=slots,
        slices=slices.view(models, places),
        token_of_slot=token_of_slot.flatten(),
        slot_of_token=slot_of_token,
        used=used.view(models * batch, 1, slots).float(),
        pool=_pool(lengths, used, position, places),
    )


def _pool(lengths: Tensor, used: Tensor, position: Tensor, places: int) -> Tensor:
    models, batch = lengths.shape
    pool = torch.zeros(models, batch, places)
    row = torch.arange(models * batch).view(models, batch, 1).expand(used.shape)[used]
    share = (1.0 / lengths.clamp(min=1))[..., None].expand(used.shape)[used]
    pool.view(-1)[row * places + position % places] = share
    return pool


def _moved(slots: Slots, device: torch.device) -> Slots:
    tensors = (field.name for field in fields(slots) if field.type == "Tensor")
    return replace(slots, **{name: getattr(slots, name).to(device) for name in tensors})
