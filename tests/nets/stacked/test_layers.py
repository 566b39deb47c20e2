"""A stacked layer equals K ordinary torch layers with the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from lnmbench.nets.data.packing import pack
from lnmbench.nets.stacked.dropout import DropoutMask
from lnmbench.nets.stacked.layers import StackedEncoderLayer, StackedLayerNorm, StackedLinear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lnmbench.nets.data.batches import TokenPacking

MODELS, WIDTH = 3, 16
LENGTHS = torch.tensor([3, 1, 5, 2, 4, 4])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
NO_DROPOUT = DropoutMask()


def cases_of_each_fit() -> list[Tensor]:
    """Ragged: three cases, one, and all, in orders of their own."""
    return [torch.tensor(cases) for cases in ([4, 0, 2], [1], [5, 3, 0, 1, 4, 2])]


def packing_of(chosen: Sequence[Tensor]) -> TokenPacking:
    packing = pack(chosen, OFFSETS, torch.device("cpu")).packing
    assert packing is not None
    return packing


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
    outputs = layer(values, x)
    inputs = x.detach().clone().requires_grad_()
    expected = torch.stack([module(inputs[k]) for k, module in enumerate(modules)])
    torch.testing.assert_close(outputs, expected)
    weights = torch.randn(outputs.shape, generator=source)
    (outputs * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(x.grad, inputs.grad, rtol=1e-4, atol=1e-5)
    assert_gradients_equal("x", modules, values)


def torch_encoder_layer() -> nn.Module:
    return nn.TransformerEncoderLayer(
        WIDTH, nhead=4, dim_feedforward=2 * WIDTH, dropout=0.0, batch_first=True
    )


def by_case(packed: Tensor, cases: Sequence[Tensor]) -> Tensor:
    """One fit's packed tokens as torch wants them: (cases, longest, width), padded with zeros."""
    return nn.utils.rnn.pad_sequence([packed[positions] for positions in cases], batch_first=True)


def positions_of(packing: TokenPacking, k: int, cases: Tensor) -> list[Tensor]:
    """The positions of the tokens of each of a fit's cases."""
    row_of_position = torch.where(packing.token_mask[k], packing.slice_rows[k], -1)
    return [
        torch.cat(
            [
                (row_of_position == row).nonzero()[0]
                for row in range(*OFFSETS[case : case + 2].tolist())
            ]
        )
        for case in cases.tolist()
    ]


def test_encoder_layer_equals_torch_layers_with_a_padding_mask() -> None:
    modules = perturbed(torch_encoder_layer)
    values = stacked_values("x", modules)
    chosen = cases_of_each_fit()
    packing = packing_of(chosen)
    source = torch.Generator().manual_seed(0)
    x = torch.randn(MODELS, packing.capacity, WIDTH, generator=source).requires_grad_()
    layer = StackedEncoderLayer(name="x", width=WIDTH, heads=4, block_size=packing.block_size)
    outputs = layer(values, x, packing, NO_DROPOUT)
    means = torch.bmm(packing.pooling, outputs)
    weights = torch.randn(means.shape, generator=source)
    (means * weights).sum().backward()
    for k, module in enumerate(modules):
        inputs = x.detach()[k].clone().requires_grad_()
        lengths = LENGTHS[chosen[k]]
        padding = torch.arange(int(lengths.max())) >= lengths[:, None]
        positions = positions_of(packing, k, chosen[k])
        padded = by_case(inputs, positions)
        expected = module(padded, src_key_padding_mask=padding)
        torch.testing.assert_close(
            outputs[k, torch.cat(positions)], expected[~padding], rtol=1e-4, atol=1e-5
        )
        mean = expected.masked_fill(padding[..., None], 0.0).sum(1) / lengths[:, None]
        torch.testing.assert_close(means[k, : len(lengths)], mean, rtol=1e-4, atol=1e-5)
        (mean * weights[k, : len(lengths)]).sum().backward()
        assert x.grad is not None
        torch.testing.assert_close(x.grad[k], inputs.grad, rtol=1e-4, atol=1e-5)
    assert_gradients_equal("x", modules, values)
