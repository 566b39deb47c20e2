"""Self-attention within each case, for the tokens of K models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from lnmbench.nets.packing import Slots


def attend(qkv: Tensor, slots: Slots, heads: int, keep: Tensor | None) -> Tensor:
    """Return (K, P, d) of queries, keys and values (K, P, 3 d): a token sees its own case.

    `keep` (K, P, heads · longest) holds dropout factors of the attention probabilities: a
    token's, for each head and each slot of its case; None for no dropout. Padding comes out as
    zero, and must be given a gradient of zero.
    """
    attended: Tensor = _Attention.apply(qkv, slots, heads, keep)
    return attended


class _Attention(torch.autograd.Function):
    # By hand, because the gathers between packed and grid order then need no zeroing and no
    # scattering adds, and because a softmax over a handful of slots is several times faster in
    # parts than in one piece. Inside, a head of a case is one small matrix: (heads · cases, …).

    @staticmethod
    def forward(ctx: Any, qkv: Tensor, slots: Slots, heads: int, keep: Tensor | None) -> Tensor:
        q, k, v = _to_heads(qkv, slots, heads, parts=3)
        scores = torch.bmm(q, k.mT).mul_(q.shape[-1] ** -0.5)
        scores.view(heads, -1, slots.slots, slots.slots).add_(slots.scores)
        weights = scores.sub_(scores.amax(-1, keepdim=True)).exp_()
        weights.div_(weights.sum(-1, keepdim=True))
        factors = None if keep is None else _factors(keep, slots, heads)
        dropped = weights if factors is None else weights * factors
        ctx.save_for_backward(q, k, v, weights, dropped, factors)
        ctx.slots, ctx.heads = slots, heads
        return _from_heads(torch.bmm(dropped, v).unsqueeze(0), slots, heads)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, weights, dropped, factors = ctx.saved_tensors
        (d_context,) = _to_heads(d_out, ctx.slots, ctx.heads, parts=1)
        d_weights = torch.bmm(d_context, v.mT)
        if factors is not None:
            d_weights.mul_(factors)
        d_scores = d_weights.mul_(weights)
        d_scores.sub_(weights * d_scores.sum(-1, keepdim=True)).mul_(q.shape[-1] ** -0.5)
        d_parts = q.new_empty(3, *q.shape)
        torch.bmm(d_scores, k, out=d_parts[0])
        torch.bmm(d_scores.mT, q, out=d_parts[1])
        torch.bmm(dropped.mT, d_context, out=d_parts[2])
        return _from_heads(d_parts, ctx.slots, ctx.heads), None, None, None


def _to_heads(packed: Tensor, slots: Slots, heads: int, *, parts: int) -> tuple[Tensor, ...]:
    """Return the parts of (K, P, parts · d), each (heads · cases, slots, d / heads)."""
    grid = packed.flatten(0, 1).index_select(0, slots.token_of_slot)
    by_head = grid.view(-1, slots.slots, parts, heads, grid.shape[1] // (parts * heads))
    return by_head.permute(2, 3, 0, 1, 4).contiguous().flatten(1, 2).unbind()


def _from_heads(by_head: Tensor, slots: Slots, heads: int) -> Tensor:
    """Return (K, P, parts · d) of (parts, heads · cases, slots, d / heads), zero at padding."""
    parts, width = len(by_head), by_head.shape[-1]
    grid = by_head.new_empty(len(slots.token_of_slot) + 1, parts * heads * width)
    grid[-1] = 0
    places = grid[:-1].view(-1, slots.slots, parts, heads, width)
    places.copy_(by_head.unflatten(1, (heads, -1)).permute(2, 3, 0, 1, 4))
    packed = grid.index_select(0, slots.slot_of_token)
    return packed.view(*slots.slices.shape, -1)


def _factors(keep: Tensor, slots: Slots, heads: int) -> Tensor:
    """Return dropout factors (heads · cases, slots, slots) of those by token."""
    by_slot = keep.flatten(0, 1).contiguous().index_select(0, slots.token_of_slot)
    by_slot = by_slot.view(-1, slots.slots, heads, keep.shape[-1] // heads)
    return by_slot[..., : slots.slots].permute(2, 0, 1, 3).flatten(0, 1)
