"""Self-attention within each case, for the packed tokens of K models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from lnmbench.nets.data.batches import TokenPacking

_MAX_SCORE = 80.0
_MIN_SUM = 1e-36


def attend(
    qkv: Tensor,
    packing: TokenPacking,
    heads: int,
    dropout_factors: Tensor | None,
    *,
    bounded: bool = True,
) -> Tensor:
    """Return scaled dot-product attention of each token to the tokens of its case.

    Parameters
    ----------
    qkv
        Queries, keys and values, (K, P, 3 d).
    packing
        The positions of the tokens.
    heads
        The number of heads; it divides d.
    dropout_factors
        Factors on the attention probabilities, (K, P, heads · block): a position's, for each head
        and each position of its block. None for no dropout.
    bounded
        Whether scores are a few units in size, as they are behind a norm.

    Returns
    -------
    Tensor
        (K, P, d), zero at positions without a token; their gradient must be zero.
    """
    attended: Tensor = _Attention.apply(qkv, packing, heads, dropout_factors, bounded)
    return attended


class _Attention(torch.autograd.Function):
    # By hand, because a softmax over a handful of positions is several times faster in parts than
    # in one piece, and masks and factors need no copies. Inside, a head of a block is one small
    # matrix: (heads · blocks, …), short (HB, …); N is the size of a block, w the width of a head.

    @staticmethod
    def forward(
        ctx: Any,
        qkv: Tensor,
        packing: TokenPacking,
        heads: int,
        dropout_factors: Tensor | None,
        bounded: bool,
    ) -> Tensor:
        q, k, v = _split_heads(qkv, packing.block_size, heads, parts=3)
        mask = packing.attention_mask
        weights = _weigh(q, k, mask, heads, bounded=bounded).flatten(0, 1)  # (HB, N, N)
        factors = None
        if dropout_factors is not None:
            factors = _split_factors(dropout_factors, packing.block_size, heads)
        dropped = weights if factors is None else weights * factors
        ctx.save_for_backward(q, k, v, weights, dropped, factors)
        ctx.block_size, ctx.heads = packing.block_size, heads
        context = torch.bmm(dropped, v).unsqueeze(0)  # (1, HB, N, w)
        return _merge_heads(context, heads, qkv.shape[:2])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, weights, dropped, factors = ctx.saved_tensors
        (d_context,) = _split_heads(d_out, ctx.block_size, ctx.heads, parts=1)
        d_weights = torch.bmm(d_context, v.mT)  # (HB, N, N)
        if factors is not None:
            d_weights.mul_(factors)
        d_scores = d_weights.mul_(weights)
        sums = _sum_last_axis(d_scores)
        d_scores.addcmul_(weights, sums.view(*weights.shape[:-1], 1), value=-1)  # (HB, N, N)
        d_scores.mul_(q.shape[-1] ** -0.5)
        d_qkv = q.new_empty(3, *q.shape)
        torch.bmm(d_scores, k, out=d_qkv[0])  # (HB, N, w)
        torch.bmm(d_scores.mT, q, out=d_qkv[1])  # (HB, N, w)
        torch.bmm(dropped.mT, d_context, out=d_qkv[2])  # (HB, N, w)
        return _merge_heads(d_qkv, ctx.heads, d_out.shape[:2]), None, None, None, None


def attention_weights(
    qkv: Tensor, packing: TokenPacking, heads: int, *, bounded: bool = True
) -> Tensor:
    """Return the attention of each token to the tokens of its case, averaged over the heads.

    Parameters
    ----------
    qkv, packing, heads, bounded
        As in `attend`.

    Returns
    -------
    Tensor
        (blocks, N, N); the rows of tokens have the sum 1.
    """
    q, k, _ = _split_heads(qkv, packing.block_size, heads, parts=3)
    return _weigh(q, k, packing.attention_mask, heads, bounded=bounded).mean(0)


def _weigh(q: Tensor, k: Tensor, mask: Tensor, heads: int, *, bounded: bool) -> Tensor:
    """Return attention probabilities (heads, blocks, N, N) of queries and keys (HB, N, w)."""
    products = torch.bmm(q, k.mT).mul_(q.shape[-1] ** -0.5)  # (HB, N, N)
    scores = products.view(heads, *mask.shape)  # (heads, blocks, N, N)
    if not bounded:
        scores -= torch.where(mask > 0, scores, -torch.inf).amax(-1, keepdim=True)
        scores.nan_to_num_(0.0)
    return _softmax(scores, mask)


def _softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Return the softmax over what the mask allows, in place; scores are (heads, blocks, N, N).

    Scores are clamped to ±80, where the exponential still is an ordinary float32: behind a norm
    they are a few units, so that no maximum is needed; elsewhere it has been subtracted.
    """
    weights = scores.clamp_(-_MAX_SCORE, _MAX_SCORE).exp_().mul_(mask)
    # A position without a token attends to nothing: its sum is 0.
    sums = _sum_last_axis(weights).clamp_(min=_MIN_SUM)
    return weights.div_(sums.view(*weights.shape[:-1], 1))  # (heads, blocks, N, N)


def _sum_last_axis(x: Tensor) -> Tensor:
    """Return the sums over the last axis, flat; a product is faster than `sum` on short rows."""
    return x.view(-1, x.shape[-1]).mv(x.new_ones(x.shape[-1]))  # (rows,)


def _split_heads(packed: Tensor, block_size: int, heads: int, *, parts: int) -> tuple[Tensor, ...]:
    """Return the parts of (K, P, parts · d), each (heads · blocks, N, d / heads)."""
    width = packed.shape[-1] // (parts * heads)
    by_block = packed.reshape(-1, block_size, parts, heads, width)  # (blocks, N, parts, heads, w)
    by_head = by_block.permute(2, 3, 0, 1, 4)  # (parts, heads, blocks, N, w)
    return by_head.reshape(parts, -1, block_size, width).unbind()  # each (HB, N, w)


def _merge_heads(by_head: Tensor, heads: int, positions: torch.Size) -> Tensor:
    """Return (K, P, parts · d) of parts (parts, heads · blocks, N, d / heads)."""
    parts, _, block_size, width = by_head.shape
    split = by_head.view(parts, heads, -1, block_size, width)  # (parts, heads, blocks, N, w)
    by_block = split.permute(2, 3, 0, 1, 4)  # (blocks, N, parts, heads, w)
    return by_block.reshape(*positions, -1)  # (K, P, parts · d)


def _split_factors(dropout_factors: Tensor, block_size: int, heads: int) -> Tensor:
    """Return factors (heads · blocks, N, N) of those by position, (K, P, heads · N)."""
    by_block = dropout_factors.reshape(-1, block_size, heads, block_size)  # (blocks, N, heads, N)
    return by_block.permute(2, 0, 1, 3).flatten(0, 1)  # (HB, N, N)
