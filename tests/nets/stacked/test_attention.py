"""Attention equals torch's within each case, with the right gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.nets.data.packing import pack
from lnmbench.nets.stacked.attention import attend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lnmbench.nets.data.batches import TokenPacking

LENGTHS = torch.tensor([3, 1, 5, 2, 4, 4])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])


def packing_of(chosen: Sequence[Tensor]) -> TokenPacking:
    packing = pack(chosen, OFFSETS, torch.device("cpu")).packing
    assert packing is not None
    return packing


def test_attention_with_dropout_has_the_right_gradient() -> None:
    packing = packing_of([torch.tensor([0, 3]), torch.tensor([2])])
    source = torch.Generator().manual_seed(0)
    shape = (2, packing.capacity)
    factors = 1.25 * (
        torch.rand(*shape, 2 * packing.block_size, generator=source, dtype=torch.float64) > 0.2
    )
    qkv = torch.randn(*shape, 12, generator=source, dtype=torch.float64).requires_grad_()
    # Values at gaps are arbitrary, and their gradient is zero by contract.
    mask = packing.token_mask[..., None]
    assert torch.autograd.gradcheck(lambda x: attend(x, packing, 2, factors) * mask, (qkv,))


def test_attention_drops_what_its_factors_say() -> None:
    packing = packing_of([torch.tensor([2])])
    qkv = torch.zeros(1, packing.capacity, 3)
    qkv[0, :5, 2] = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0])
    factors = torch.zeros(1, packing.capacity, packing.block_size)
    factors[0, 1, 3] = 2.0
    attended = attend(qkv, packing, 1, factors)[0, :, 0]
    # Equal scores: each probability is 1 / 5, and the second token keeps the fourth, doubled.
    expected = torch.zeros(packing.capacity)
    expected[1] = 8 * 2 / 5
    torch.testing.assert_close(attended, expected)


def test_scores_of_any_size_give_what_torch_gives() -> None:
    packing = packing_of([torch.tensor([2]), torch.tensor([0, 3])])
    source = torch.Generator().manual_seed(0)
    qkv = 60 * torch.randn(2, packing.capacity, 12, generator=source)
    qkv.requires_grad_()
    attended = attend(qkv, packing, 2, None, bounded=False)
    q, k, v = qkv.view(-1, packing.block_size, 3, 2, 2).permute(2, 0, 3, 1, 4)
    mask = packing.attention_mask[:, None] > 0
    expected = functional.scaled_dot_product_attention(q, k, v, mask)
    expected = torch.where(mask.any(-1, keepdim=True), expected, 0.0)
    expected = expected.permute(0, 2, 1, 3).reshape(attended.shape)
    torch.testing.assert_close(attended, expected, rtol=1e-4, atol=1e-4)
    assert (q @ k.mT).max() > 1000, "the scores are small"
    (gradient,) = torch.autograd.grad(attended.sum(), qkv)
    assert torch.isfinite(gradient).all()
