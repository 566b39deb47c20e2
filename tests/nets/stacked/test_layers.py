"""A stacked layer equals K ordinary torch layers with the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from lnmbench.nets.data.packing import pack
from lnmbench.nets.stacked.attention import attend
from lnmbench.nets.stacked.dropout import Keep
from lnmbench.nets.stacked.layers import StackedEncoderLayer, StackedLayerNorm, StackedLinear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lnmbench.nets.data.packing import Slots

MODELS, WIDTH = 3, 16
LENGTHS = torch.tensor([3, 1, 5, 2, 4, 4])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
NO_DROPOUT = Keep()


def cases_of_each_fit() -> list[Tensor]:
    """Ragged: three cases, one, and all, in orders of their own."""
    return [torch.tensor(cases) for cases in ([4, 0, 2], [1], [5, 3, 0, 1, 4, 2])]


def slots_of(chosen: Sequence[Tensor]) -> Slots:
    slots = pack(chosen, OFFSETS, torch.device("cpu")).slots
    assert slots is not None
    return slots


def stacked_values(name: str, modules: Sequence[nn.Module]) -> dict[str, Tensor]:
    states = [module.state_dict() for module in modules]
    return {
        f"{name}.{key}": torch.stack([state[key] for state in states]).requires_grad_()
        for key in states[0]
    }


def perturbed(make: Callable[[], nn.Module]) -> list[nn.Module]:
    """K modules whose parameters, biases and norms too, are all different."""
    modules = [make() for _ in range(MODELS)]
    source = torch.Generator().manual_seed(7)
    for module in modules:
        for parameter in module.parameters():
            parameter.data += 0.3 * torch.randn(parameter.shape, generator=source)
    return modules


def assert_gradients_equal(
    name: str, modules: Sequence[nn.Module], values: Mapping[str, Tensor]
) -> None:
    for k, module in enumerate(modules):
        for key, parameter in module.named_parameters():
            stacked = values[f"{name}.{key}"].grad
            assert stacked is not None
            torch.testing.assert_close(stacked[k], parameter.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "make"),
    [
        (StackedLinear(name="x", inputs=WIDTH, outputs=5), lambda: nn.Linear(WIDTH, 5)),
        (StackedLayerNorm(name="x", width=WIDTH), lambda: nn.LayerNorm(WIDTH)),
    ],
    ids=["linear", "layer norm"],
)
def test_layer_equals_torch_layers(
    layer: StackedLinear | StackedLayerNorm, make: Callable[[], nn.Module]
) -> None:
    modules = perturbed(make)
    values = stacked_values("x", modules)
    source = torch.Generator().manual_seed(0)
    x = torch.randn(MODELS, 11, WIDTH, generator=source).requires_grad_()
    found = layer(values, x)
    ours = x.detach().clone().requires_grad_()
    expected = torch.stack([module(ours[k]) for k, module in enumerate(modules)])
    torch.testing.assert_close(found, expected)
    weights = torch.randn(found.shape, generator=source)
    (found * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(x.grad, ours.grad, rtol=1e-4, atol=1e-5)
    assert_gradients_equal("x", modules, values)


def torch_encoder_layer() -> nn.Module:
    return nn.TransformerEncoderLayer(
        WIDTH, nhead=4, dim_feedforward=2 * WIDTH, dropout=0.0, batch_first=True
    )


def by_case(packed: Tensor, cases: Sequence[Tensor]) -> Tensor:
    """One fit's packed tokens as torch wants them: (cases, longest, width), padded with zeros."""
    return nn.utils.rnn.pad_sequence([packed[places] for places in cases], batch_first=True)


def places_of(slots: Slots, k: int, cases: Tensor) -> list[Tensor]:
    """The places of the tokens of each of a fit's cases."""
    row_of_place = torch.where(slots.real[k], slots.slices[k], -1)
    return [
        torch.cat(
            [
                (row_of_place == row).nonzero()[0]
                for row in range(*OFFSETS[case : case + 2].tolist())
            ]
        )
        for case in cases.tolist()
    ]


def test_encoder_layer_equals_torch_layers_with_a_padding_mask() -> None:
    modules = perturbed(torch_encoder_layer)
    values = stacked_values("x", modules)
    chosen = cases_of_each_fit()
    slots = slots_of(chosen)
    source = torch.Generator().manual_seed(0)
    x = torch.randn(MODELS, slots.places, WIDTH, generator=source).requires_grad_()
    layer = StackedEncoderLayer(name="x", width=WIDTH, heads=4, block=slots.block)
    found = layer(values, x, slots, NO_DROPOUT)
    means = torch.bmm(slots.pool, found)
    weights = torch.randn(means.shape, generator=source)
    (means * weights).sum().backward()
    for k, module in enumerate(modules):
        ours = x.detach()[k].clone().requires_grad_()
        lengths = LENGTHS[chosen[k]]
        padding = torch.arange(int(lengths.max())) >= lengths[:, None]
        places = places_of(slots, k, chosen[k])
        padded = by_case(ours, places)
        expected = module(padded, src_key_padding_mask=padding)
        torch.testing.assert_close(
            found[k, torch.cat(places)], expected[~padding], rtol=1e-4, atol=1e-5
        )
        mean = expected.masked_fill(padding[..., None], 0.0).sum(1) / lengths[:, None]
        torch.testing.assert_close(means[k, : len(lengths)], mean, rtol=1e-4, atol=1e-5)
        (mean * weights[k, : len(lengths)]).sum().backward()
        assert x.grad is not None
        torch.testing.assert_close(x.grad[k], ours.grad, rtol=1e-4, atol=1e-5)
    assert_gradients_equal("x", modules, values)


def test_attention_with_dropout_has_the_right_gradient() -> None:
    slots = slots_of([torch.tensor([0, 3]), torch.tensor([2])])
    source = torch.Generator().manual_seed(0)
    shape = (2, slots.places)
    keep = 1.25 * (torch.rand(*shape, 2 * slots.block, generator=source, dtype=torch.float64) > 0.2)
    qkv = torch.randn(*shape, 12, generator=source, dtype=torch.float64).requires_grad_()
    # What stands at gaps is arbitrary, and by contract gets no gradient from above.
    real = slots.real[..., None]
    assert torch.autograd.gradcheck(lambda x: attend(x, slots, 2, keep) * real, (qkv,))


def test_attention_drops_what_its_factors_say() -> None:
    slots = slots_of([torch.tensor([2])])
    qkv = torch.zeros(1, slots.places, 3)
    qkv[0, :5, 2] = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0])
    keep = torch.zeros(1, slots.places, slots.block)
    keep[0, 1, 3] = 2.0
    attended = attend(qkv, slots, 1, keep)[0, :, 0]
    # Equal scores: each probability is 1 / 5, and the second token keeps the fourth, doubled.
    expected = torch.zeros(slots.places)
    expected[1] = 8 * 2 / 5
    torch.testing.assert_close(attended, expected)


def test_scores_of_any_size_give_what_torch_gives() -> None:
    slots = slots_of([torch.tensor([2]), torch.tensor([0, 3])])
    source = torch.Generator().manual_seed(0)
    qkv = 60 * torch.randn(2, slots.places, 12, generator=source)
    qkv.requires_grad_()
    found = attend(qkv, slots, 2, None, bounded=False)
    q, k, v = qkv.view(-1, slots.block, 3, 2, 2).permute(2, 0, 3, 1, 4)
    allowed = slots.allowed[:, None] > 0
    expected = functional.scaled_dot_product_attention(q, k, v, allowed)
    expected = torch.where(allowed.any(-1, keepdim=True), expected, 0.0)
    expected = expected.permute(0, 2, 1, 3).reshape(found.shape)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    assert (q @ k.mT).max() > 1000, "the scores are small"
    (gradient,) = torch.autograd.grad(found.sum(), qkv)
    assert torch.isfinite(gradient).all()
