"""Weights of the slices of a case in what a trained network pools: attention and pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from lnmbench.nets.model import StackedModel
from lnmbench.nets.stacked.bodies import SliceBody

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from lnmbench.nets.stacked.active_fits import StackState


@torch.no_grad()
def predict_slice_weights(
    model: StackedModel, state: StackState, cases: Sequence[Tensor], offsets: Tensor
) -> list[list[NDArray[np.float64]]]:
    """Return the weights of the slices of some cases for each fit, which have the sum 1.

    They come from the pooling, and through transformer layers from their attention; without layers,
    slices of a mean weigh the same. A weight says how a network combines slices, not how much its
    prediction depends on one.

    Parameters
    ----------
    model
        The fits, whose network has images.
    state
        The parameters of all K fits at the end of training.
    cases
        The indices of the cases of each fit, K tensors.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,).

    Returns
    -------
    list
        For each fit, the weights (s,) of each of its cases.
    """
    body = model.network.body
    if not isinstance(body, SliceBody):
        raise ValueError("a network without images has no slices")
    starts, counts = offsets[:-1], offsets.diff()
    (batch,) = model.make_batches([cases])
    packing, tokens = batch.packing, model.embed(state, batch)
    if packing is None or tokens is None:
        raise ValueError("a batch of slices has their positions")
    if packing.pooling is None:  # a token is the mean of a case
        return [[np.full(n, 1.0 / n) for n in counts[row].tolist()] for row in cases]
    weights = body.slice_weights(state.values, tokens, packing).double()  # (K, P)
    weights *= packing.token_mask  # those of class tokens are left out
    by_row = torch.zeros(len(weights), int(offsets[-1]), dtype=torch.float64)
    by_row.scatter_add_(1, packing.slice_rows.cpu(), weights.cpu())
    return [
        [_normalize(row[start : start + count]) for start, count in zip(first, sizes, strict=True)]
        for row, first, sizes in zip(
            by_row,
            (starts[row].tolist() for row in cases),
            (counts[row].tolist() for row in cases),
            strict=True,
        )
    ]


def _normalize(weights: Tensor) -> NDArray[np.float64]:
    return (weights / weights.sum()).numpy()
