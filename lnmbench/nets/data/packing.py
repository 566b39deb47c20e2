"""Batches of K fits: each fit's own cases, their slices packed into blocks."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Products of small matrices are several times faster where sides are multiples of eight; blocks
# that hold two of the longest cases have fewer gaps, and large blocks cost more than gaps do.
_SIDE, _LEAST, _ENOUGH = 8, 16, 24
AT_ONCE = 64
"""Cases of each fit that are validated or predicted at once: bounds the memory, not the numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slots:
    """The tokens of a batch in blocks of `block` places, each case whole within one block.

    A fit has P places, a multiple of `block`, of which it uses the first `counts`; those that are
    `real` (K, P) hold a token, and `tokens` lists them for each fit. `slices` (K, P) are their rows
    of the features, 0 elsewhere. `allowed` (K · P / block, block, block) is 1 where a token may
    see another, of its own case, else 0; `pool` (K, B, P) takes the mean over each case's tokens.
    What stands at other places is arbitrary but finite, and its gradient is zero.
    """

    counts: tuple[int, ...]
    block: int
    slices: Tensor
    real: Tensor
    tokens: tuple[Tensor, ...]
    allowed: Tensor
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
        """What dropout is drawn for: places, or cases where there are no images; and their room."""
        if self.slots is None:
            return self.counts, self.cases.shape[1]
        return self.slots.counts, self.slots.places


def block_for(longest: int) -> int:
    """Return the places of a block where no case has more slices than `longest`."""
    wanted = min(max(2 * longest, _LEAST), max(longest, _ENOUGH))
    return -(-wanted // _SIDE) * _SIDE


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
    models = len(cases)
    block = block_for(int(offsets.diff().max()))
    lengths = (offsets.diff()[cases] * present).numpy()
    first, blocks = _placed(lengths, block)
    places = max(1, int(blocks.max())) * block
    fit, case = np.nonzero(lengths)
    long = lengths[fit, case]
    within = np.arange(long.sum()) - np.repeat(np.cumsum(long) - long, long)
    place = np.repeat(fit * places + first[fit, case], long) + within
    of_case = np.full(models * places, -1)
    of_case[place] = np.repeat(case, long)
    slices = np.zeros(models * places, dtype=np.int64)
    slices[place] = np.repeat(offsets.numpy()[cases.numpy()[fit, case]], long) + within
    by_block = of_case.reshape(-1, block)
    allowed = (by_block[:, :, None] == by_block[:, None, :]) & (by_block >= 0)[:, None, :]
    pool = np.zeros((models, cases.shape[1], places), dtype=np.float32)
    pool[np.repeat(fit, long), np.repeat(case, long), place % places] = np.repeat(1 / long, long)
    real = torch.from_numpy(of_case >= 0).view(models, places)
    return Slots(
        counts=tuple((blocks * block).tolist()),
        block=block,
        slices=torch.from_numpy(slices).view(models, places),
        real=real,
        tokens=tuple(own.nonzero().flatten() for own in real),
        allowed=torch.from_numpy(allowed.astype(np.float32)),
        pool=torch.from_numpy(pool),
    )


def _placed(lengths: NDArray[np.int64], block: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each case's first place (K, B), and how many blocks each fit fills (K,).

    The longest cases of a fit come first, each into the first of its blocks with room.
    """
    models, batch = lengths.shape
    row = np.arange(models)
    room = np.full((models, batch), block)
    first = np.zeros(lengths.shape, dtype=np.int64)
    for case in np.argsort(-lengths, axis=1, kind="stable").T:
        long = lengths[row, case]
        chosen = (room >= long[:, None]).argmax(1)
        first[row, case] = (chosen + 1) * block - room[row, chosen]
        room[row, chosen] -= long
    return first, (room < block).sum(1)


def _moved(slots: Slots, device: torch.device) -> Slots:
    if device.type == "cpu":
        return slots
    tensors = (field.name for field in fields(slots) if field.type == "Tensor")
    moved = {name: getattr(slots, name).to(device, non_blocking=True) for name in tensors}
    return replace(slots, **moved)
