"""Cached views: drawn for whole cases, in training alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.data.packing import pack
from lnmbench.nets.data.views import Views
from lnmbench.nets.encoder.activations import Maps
from lnmbench.nets.fits import TrainableEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lnmbench.nets.data.packing import Slots

LENGTHS = torch.tensor([3, 1, 2, 4, 2, 3])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
SLICES, VIEWS = int(OFFSETS[-1]), 3
CPU = torch.device("cpu")


class Rows:
    """A front whose tokens are the numbers of the rows that it was asked for."""

    prefixes: tuple[str, ...] = ("project.",)

    def forward(
        self, fits: Sequence[int], values: Mapping[str, Tensor], slots: Slots, *, training: bool
    ) -> Tensor:
        return slots.slices

    def backward(
        self,
        fits: Sequence[int],
        values: Mapping[str, Tensor],
        d_tokens: Tensor,
        slots: Slots,
        gradients: Mapping[str, Tensor],
    ) -> None:
        gradients["rows"].copy_(slots.slices)


def shown(views: Views, fits: Sequence[int], *, training: bool) -> tuple[Slots, Tensor]:
    slots = pack([torch.arange(6) for _ in fits], OFFSETS, CPU).slots
    assert slots is not None
    return slots, views.forward(fits, {}, slots, training=training)


def test_a_case_is_seen_in_one_view_and_every_view_comes() -> None:
    views = Views(Rows(), [5, 6], views=VIEWS, slices=SLICES)
    found: set[int] = set()
    for _ in range(8):
        slots, rows = shown(views, [0, 1], training=True)
        assert torch.equal(rows[slots.real] % SLICES, slots.slices[slots.real])
        assert (rows[~slots.real] == 0).all()
        for fit in range(2):
            view = rows[fit] // SLICES
            for case in slots.pool[fit]:
                own = view[case > 0]
                assert (own == own[0]).all()
                found.add(int(own[0]))
    assert found == set(range(VIEWS))


def test_what_is_judged_is_the_plain_view() -> None:
    views = Views(Rows(), [5], views=VIEWS, slices=SLICES)
    slots, rows = shown(views, [0], training=False)
    assert torch.equal(rows, slots.slices)


def test_a_fit_draws_alike_whoever_stands_beside_it() -> None:
    together = Views(Rows(), [5, 6, 7], views=VIEWS, slices=SLICES)
    alone = Views(Rows(), [7], views=VIEWS, slices=SLICES)
    for _ in range(3):
        _, rows = shown(together, [0, 2], training=True)
        _, own = shown(alone, [0], training=True)
        assert torch.equal(rows[1], own[0])


def test_gradients_are_those_of_what_was_shown() -> None:
    views = Views(Rows(), [5], views=VIEWS, slices=SLICES)
    slots, rows = shown(views, [0], training=True)
    gradients = {"rows": torch.zeros_like(rows)}
    views.backward([0], {}, rows, slots, gradients)
    assert torch.equal(gradients["rows"], rows)


def test_maps_are_found_by_view_and_by_slice_of_the_cohort() -> None:
    """Cases that the plan leaves out have maps too."""
    everything = torch.arange(2 * 10.0).view(20, 1, 1, 1)
    trainable_encoder = TrainableEncoder(
        network=torch.nn.Identity(), activations=everything, rows=torch.tensor([7, 8, 2])
    )
    maps = Maps(trainable_encoder, 2, CPU, room=0)
    assert maps(torch.tensor([0, 2, 3, 5])).flatten().tolist() == [7, 2, 17, 12]
