"""Self-attention within each case, for the tokens of K models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from lnmbench.nets.data.packing import Slots


_LARGEST = 80.0
_SMALLEST = 1e-36


def attend(
    qkv: Tensor, slots: Slots, heads: int, keep: Tensor | None, *, bounded: bool = True
) -> Tensor:
    """Return (K, P, d) of queries, keys and values (K, P, 3 d): a token sees its own case.

    `keep` (K, P, heads · block) holds dropout factors of the attention probabilities: a place's,
    for each head and each place of its block; None for no dropout. `bounded` says that the scores
    are some units, as behind a norm. Places without a token come out as zero, and must be given a
    gradient of zero.
    """
    attended: Tensor = _Attention.apply(qkv, slots, heads, keep, bounded)
    return attended


class _Attention(torch.autograd.Function):
    # By hand, because a softmax over a handful of places is several times faster in parts than in
    # one piece, and masks and factors need no copies. Inside, a head of a block is one small
    # matrix: (heads · blocks, …).

    @staticmethod
    def forward(
        ctx: Any, qkv: Tensor, slots: Slots, heads: int, keep: Tensor | None, bounded: bool
    ) -> Tensor:
        q, k, v = _by_head(qkv, slots.block, heads, parts=3)
        scores = torch.bmm(q, k.mT).mul_(q.shape[-1] ** -0.5).view(heads, *slots.allowed.shape)
        if not bounded:
            scores -= torch.where(slots.allowed > 0, scores, -torch.inf).amax(-1, keepdim=True)
            scores.nan_to_num_(0.0)
        weights = _softmax(scores, slots.allowed).flatten(0, 1)
        factors = None if keep is None else _factors(keep, slots, heads)
        dropped = weights if factors is None else weights * factors
        ctx.save_for_backward(q, k, v, weights, dropped, factors)
        ctx.block, ctx.heads = slots.block, heads
        return _by_place(torch.bmm(dropped, v).unsqueeze(0), heads, qkv.shape[:2])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, weights, dropped, factors = ctx.saved_tensors
        (d_context,) = _by_head(d_out, ctx.block, ctx.heads, parts=1)
        d_weights = torch.bmm(d_context, v.mT)
        if factors is not None:
            d_weights.mul_(factors)
        d_scores = d_weights.mul_(weights)
        sums = d_scores.view(-1, d_scores.shape[-1]).mv(d_scores.new_ones(d_scores.shape[-1]))
        d_scores.addcmul_(weights, sums.view(*weights.shape[:-1], 1), value=-1)
        d_scores.mul_(q.shape[-1] ** -0.5)
        made = q.new_empty(3, *q.shape)
        torch.bmm(d_scores, k, out=made[0])
        torch.bmm(d_scores.mT, q, out=made[1])
        torch.bmm(dropped.mT, d_context, out=made[2])
        return _by_place(made, ctx.heads, d_out.shape[:2]), None, None, None, None


def _softmax(scores: Tensor, allowed: Tensor) -> Tensor:
    """Return the softmax over what is allowed, in place; scores are (heads, blocks, block, block).

    Scores are held to ±80, where the exponential still is an ordinary float32: behind a norm they
    are a few units, and so no maximum need be sought and subtracted; elsewhere it has been.
    """
    weights = scores.clamp_(-_LARGEST, _LARGEST).exp_().mul_(allowed)
    sums = weights.view(-1, weights.shape[-1]).mv(weights.new_ones(weights.shape[-1]))
    # A place without a token may see nothing.
    return weights.div_(sums.clamp_(min=_SMALLEST).view(*weights.shape[:-1], 1))


def _by_head(packed: Tensor, block: int, heads: int, *, parts: int) -> tuple[Tensor, ...]:
    """Return the parts of (K, P, parts · d), each (heads · blocks, block, d / heads)."""
    width = packed.shape[-1] // (parts * heads)
    pieces = packed.reshape(-1, block, parts, heads, width).permute(2, 3, 0, 1, 4)
    return pieces.reshape(parts, -1, block, width).unbind()


def _by_place(by_head: Tensor, heads: int, places: torch.Size) -> Tensor:
    """Return (K, P, parts · d) of parts (parts, heads · blocks, block, d / heads)."""
    parts, _, block, width = by_head.shape
    pieces = by_head.view(parts, heads, -1, block, width).permute(2, 3, 0, 1, 4)
    return pieces.reshape(*places, -1)


def _factors(keep: Tensor, slots: Slots, heads: int) -> Tensor:
    """Return dropout factors (heads · blocks, block, block) of those by place."""
    by_block = keep.reshape(-1, slots.block, heads, slots.block)
    return by_block.permute(2, 0, 1, 3).flatten(0, 1)
