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
    # parts than in one piece.

    @staticmethod
    def forward(ctx: Any, qkv: Tensor, slots: Slots, heads: int, keep: Tensor | None) -> Tensor:
        grid = qkv.flatten(0, 1).index_select(0, slots.token_of_slot)
        q, k, v = _by_head(grid, slots.slots, heads)
        weights = _softmax(_products(q, k.mT).mul_(q.shape[-1] ** -0.5).add_(slots.scores))
        factors = None if keep is None else _factors(keep, slots, heads)
        dropped = weights if factors is None else weights * factors
        out, out_by_head = _grid_like(grid, 1, slots.slots, heads)
        for head in range(heads):
            torch.bmm(dropped[head], v[head], out=out_by_head[0][head])
        ctx.save_for_backward(grid, weights, dropped, factors)
        ctx.slots, ctx.heads, ctx.models = slots, heads, len(qkv)
        return out.index_select(0, slots.slot_of_token).view(len(qkv), slots.places, -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor) -> tuple[Tensor | None, ...]:
        grid, weights, dropped, factors = ctx.saved_tensors
        slots, heads = ctx.slots, ctx.heads
        q, k, v = _by_head(grid, slots.slots, heads)
        d_context = d_out.flatten(0, 1).index_select(0, slots.token_of_slot)
        (d_heads,) = _by_head(d_context, slots.slots, heads, parts=1)
        d_grid, (d_q, d_k, d_v) = _grid_like(grid, 3, slots.slots, heads)
        d_weights = _products(d_heads, v.mT)
        if factors is not None:
            d_weights.mul_(factors)
        d_scores = d_weights.mul_(weights)
        d_scores.sub_(weights * d_scores.sum(-1, keepdim=True)).mul_(q.shape[-1] ** -0.5)
        for head in range(heads):
            torch.bmm(d_scores[head], k[head], out=d_q[head])
            torch.bmm(d_scores[head].mT, q[head], out=d_k[head])
            torch.bmm(dropped[head].mT, d_heads[head], out=d_v[head])
        d_qkv = d_grid.index_select(0, slots.slot_of_token)
        return d_qkv.view(ctx.models, slots.places, -1), None, None, None


def _by_head(grid: Tensor, slots: int, heads: int, parts: int = 3) -> tuple[Tensor, ...]:
    """Return the parts of (cases · slots, parts · d), each (heads, cases, slots, d / heads)."""
    width = grid.shape[1] // (parts * heads)
    return grid.view(-1, slots, parts, heads, width).permute(2, 3, 0, 1, 4).unbind()


def _grid_like(
    grid: Tensor, parts: int, slots: int, heads: int
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Return an empty (cases · slots + 1, parts · d) whose last row is zero, and its heads."""
    made = grid.new_empty(len(grid) + 1, parts * (grid.shape[1] // 3))
    made[-1] = 0
    return made, _by_head(made[:-1], slots, heads, parts)


def _products(left: Tensor, right: Tensor) -> Tensor:
    """Return left @ right, head by head: bmm takes the strides of a head without a copy."""
    made = left.new_empty(*left.shape[:3], right.shape[-1])
    for out, a, b in zip(made, left, right, strict=True):
        torch.bmm(a, b, out=out)
    return made


def _softmax(scores: Tensor) -> Tensor:
    weights = scores.sub_(scores.amax(-1, keepdim=True)).exp_()
    return weights.div_(weights.sum(-1, keepdim=True))


def _factors(keep: Tensor, slots: Slots, heads: int) -> Tensor:
    """Return dropout factors (heads, cases, slots, slots) of those by token."""
    by_slot = keep.flatten(0, 1).contiguous().index_select(0, slots.token_of_slot)
    by_slot = by_slot.view(-1, slots.slots, heads, keep.shape[-1] // heads)
    return by_slot[..., : slots.slots].permute(2, 0, 1, 3)
