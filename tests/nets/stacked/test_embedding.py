"""Random views: drawn for whole cases, in training alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.data.packing import pack
from lnmbench.nets.stacked.active_fits import StackState
from lnmbench.nets.stacked.embedding import RandomViews

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lnmbench.nets.data.batches import TokenPacking

LENGTHS = torch.tensor([3, 1, 2, 4, 2, 3])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
SLICES, VIEWS = int(OFFSETS[-1]), 3
CPU = torch.device("cpu")


class RowEmbedder:
    """An embedder whose tokens are the rows of their slices."""

    prefixes: tuple[str, ...] = ("project.",)

    def forward(self, state: StackState, packing: TokenPacking, *, training: bool) -> Tensor:
        return packing.slice_rows

    def backward(self, state: StackState, packing: TokenPacking, d_tokens: Tensor) -> None:
        state.gradients["rows"].copy_(packing.slice_rows)


def embed(
    views: RandomViews, fits: Sequence[int], *, training: bool
) -> tuple[TokenPacking, Tensor]:
    packing = pack([torch.arange(6) for _ in fits], OFFSETS, CPU).packing
    assert packing is not None
    state = StackState(fits=tuple(fits), values={})
    return packing, views.forward(state, packing, training=training)


def test_a_case_has_one_view_and_every_view_occurs() -> None:
    views = RandomViews(RowEmbedder(), [5, 6], views=VIEWS, tokens=SLICES)
    drawn: set[int] = set()
    for _ in range(8):
        packing, rows = embed(views, [0, 1], training=True)
        assert torch.equal(
            rows[packing.token_mask] % SLICES, packing.slice_rows[packing.token_mask]
        )
        assert (rows[~packing.token_mask] == 0).all()
        for fit in range(2):
            view = rows[fit] // SLICES
            for case in packing.pooling[fit]:
                case_views = view[case > 0]
                assert (case_views == case_views[0]).all()
                drawn.add(int(case_views[0]))
    assert drawn == set(range(VIEWS))


def test_evaluation_uses_the_unchanged_view() -> None:
    views = RandomViews(RowEmbedder(), [5], views=VIEWS, tokens=SLICES)
    packing, rows = embed(views, [0], training=False)
    assert torch.equal(rows, packing.slice_rows)


def test_a_fits_views_do_not_depend_on_other_fits() -> None:
    together = RandomViews(RowEmbedder(), [5, 6, 7], views=VIEWS, tokens=SLICES)
    alone = RandomViews(RowEmbedder(), [7], views=VIEWS, tokens=SLICES)
    for _ in range(3):
        _, rows = embed(together, [0, 2], training=True)
        _, alone_rows = embed(alone, [0], training=True)
        assert torch.equal(rows[1], alone_rows[0])


def test_gradients_are_those_of_the_views_that_were_drawn() -> None:
    views = RandomViews(RowEmbedder(), [5], views=VIEWS, tokens=SLICES)
    packing, rows = embed(views, [0], training=True)
    gradients = {"rows": torch.zeros_like(rows)}
    views.backward(StackState(fits=(0,), values={}, gradients=gradients), packing, rows)
    assert torch.equal(gradients["rows"], rows)
