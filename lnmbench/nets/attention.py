"""Self-attention within each case, for the tokens of K models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from lnmbench.nets.packing import Slots


_LARGEST = 80.0
_SMALLEST = 1e-36


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
        by_head = scores.view(heads, -1, slots.slots, slots.slots)
        weights = _softmax(by_head, slots.used).flatten(0, 1)
        factors = None if keep is None else _factors(keep, slots, heads)
        dropped = weights if factors is None else weights * factors
        ctx.save_for_backward(q, k, v, weights, dropped, factors)
        ctx.slots, ctx.heads = slots, heads
        rows, (context,) = _headwise(v, parts=1)
        torch.bmm(dropped, v, out=context)
        return _from_heads(rows, slots, heads, parts=1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, weights, dropped, factors = ctx.saved_tensors
        (d_context,) = _to_heads(d_out, ctx.slots, ctx.heads, parts=1)
        d_weights = torch.bmm(d_context, v.mT)
        if factors is not None:
            d_weights.mul_(factors)
        d_scores = d_weights.mul_(weights)
        sums = d_scores.view(-1, d_scores.shape[-1]).mv(d_scores.new_ones(d_scores.shape[-1]))
        d_scores.addcmul_(weights, sums.view(*weights.shape[:-1], 1), value=-1)
        d_scores.mul_(q.shape[-1] ** -0.5)
        rows, (d_q, d_k, d_v) = _headwise(q, parts=3)
        torch.bmm(d_scores, k, out=d_q)
        torch.bmm(d_scores.mT, q, out=d_k)
        torch.bmm(dropped.mT, d_context, out=d_v)
        return _from_heads(rows, ctx.slots, ctx.heads, parts=3), None, None, None


def _softmax(scores: Tensor, used: Tensor) -> Tensor:
    """Return the softmax over the slots in use, in place; scores are (heads, cases, slots, slots).

    Scores are held to ±80, where the exponential still is an ordinary float32: behind a norm they
    are a few units, and so no maximum need be sought and subtracted.
    """
    weights = scores.clamp_(-_LARGEST, _LARGEST).exp_().mul_(used)
    sums = weights.view(-1, weights.shape[-1]).mv(weights.new_ones(weights.shape[-1]))
    # A case that only fills up the batch has no slot in use.
    return weights.div_(sums.clamp_(min=_SMALLEST).view(*weights.shape[:-1], 1))


def _to_heads(packed: Tensor, slots: Slots, heads: int, *, parts: int) -> tuple[Tensor, ...]:
    """Return the parts of (K, P, parts · d), each (heads · cases, slots, d / heads)."""
    pieces = parts * heads
    width = packed.shape[-1] // pieces
    piece = torch.arange(pieces, device=packed.device).unsqueeze(1)
    rows = slots.token_of_slot * pieces + piece
    by_head = packed.reshape(-1, width).index_select(0, rows.flatten())
    return by_head.view(parts, -1, slots.slots, width).unbind()


def _from_heads(by_head: Tensor, slots: Slots, heads: int, *, parts: int) -> Tensor:
    """Return (K, P, parts · d) of what `_headwise` made, zero at padding."""
    piece = torch.arange(parts * heads, device=by_head.device)
    used = slots.slot_of_token < len(slots.token_of_slot)
    rows = slots.slot_of_token.unsqueeze(1) + piece * len(slots.token_of_slot)
    # The row behind the last is the one kept at zero.
    rows = torch.where(used.unsqueeze(1), rows, len(by_head) - 1)
    return by_head.index_select(0, rows.flatten()).view(*slots.slices.shape, -1)


def _headwise(like: Tensor, parts: int) -> tuple[Tensor, Tensor]:
    """Return rows for parts shaped like (heads · cases, slots, width) and a row of zeros behind.

    The second is a view of the first, (parts, heads · cases, slots, width).
    """
    rows = like.new_empty(parts * like.shape[0] * like.shape[1] + 1, like.shape[2])
    rows[-1] = 0
    return rows, rows[:-1].view(parts, *like.shape)


def _factors(keep: Tensor, slots: Slots, heads: int) -> Tensor:
    """Return dropout factors (heads · cases, slots, slots) of those by token."""
    by_slot = keep.flatten(0, 1).contiguous().index_select(0, slots.token_of_slot)
    by_slot = by_slot.view(-1, slots.slots, heads, keep.shape[-1] // heads)
    return by_slot[..., : slots.slots].permute(2, 0, 1, 3).flatten(0, 1)
