"""Gradients of a number that K fits minimize, by parameter and through trained tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lnmbench.nets.data.batches import Batch
    from lnmbench.nets.model import StackedModel
    from lnmbench.nets.stacked.active_fits import StackState

TOKENS = "tokens"
"""The name of trained tokens among the gradients; no parameter is named so."""


def compute_gradients(
    model: StackedModel,
    state: StackState,
    tokens: Tensor | None,
    total: Tensor,
    *,
    again: bool = False,
) -> dict[str, Tensor]:
    """Return the gradients of a number by parameter, and those of trained tokens as `TOKENS`.

    Parameters
    ----------
    model
        The network of the fits.
    state
        The parameters of the fits.
    tokens
        Tokens (k, P, d) from `embed`.
    total
        The number, a sum over the fits.
    again
        Whether the gradients of another number of the same step follow.
    """
    prefixes = () if model.embedder is None else model.embedder.prefixes
    sources = {k: value for k, value in state.values.items() if not k.startswith(prefixes)}
    if tokens is not None and tokens.requires_grad:
        sources[TOKENS] = tokens
    gradients = torch.autograd.grad(
        total,
        list(sources.values()),
        retain_graph=again,
        allow_unused=True,
        materialize_grads=True,
    )
    return dict(zip(sources, gradients, strict=True))


def write_gradients(
    model: StackedModel, state: StackState, batch: Batch, gradients: Mapping[str, Tensor]
) -> None:
    """Write gradients into the state, with those of the parameters behind the tokens.

    Parameters
    ----------
    model
        The network of the fits.
    state
        The parameters of the fits, with buffers for the gradients.
    batch
        Their cases.
    gradients
        The gradients from `compute_gradients`.
    """
    for name, gradient in gradients.items():
        if name != TOKENS:
            state.gradients[name].copy_(gradient)
    d_tokens = gradients.get(TOKENS)
    if d_tokens is not None and model.embedder is not None and batch.packing is not None:
        model.embedder.backward(state, batch.packing, d_tokens)
