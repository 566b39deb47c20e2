from __future__ import annotations

import torch
from lnmbench_timm.layers import MeanPool, PartialNetwork, ToRgb
from torch import Tensor, nn


def test_gray_values_become_normalized_channels_of_the_required_size() -> None:
    to_rgb = ToRgb((0.5, 0.25, 0.0), (0.5, 1.0, 2.0), (16, 16))
    rgb = to_rgb(torch.zeros(2, 1, 8, 12))
    assert rgb.shape == (2, 3, 16, 16)
    torch.testing.assert_close(rgb[0, :, 3, 5], torch.tensor([0.0, 0.25, 0.25]))


def test_maps_and_tokens_are_averaged() -> None:
    maps = torch.arange(24.0).reshape(1, 2, 3, 4)
    torch.testing.assert_close(MeanPool((2, 3))(maps), maps.mean((2, 3)))
    tokens = torch.arange(12.0).reshape(1, 4, 3)
    torch.testing.assert_close(MeanPool((1,), prefix_tokens=2)(tokens), tokens[:, 2:].mean(1))


class TwoLayers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(2, 2), nn.Linear(2, 2)
        self.scale = nn.Parameter(torch.ones(1))


def test_a_partial_network_shares_its_layers_and_bypasses_others() -> None:
    network = TwoLayers()

    def forward(module: nn.Module, x: Tensor) -> Tensor:
        output: Tensor = module.second(module.first(x))
        return output

    partial = PartialNetwork(network, forward, names=["first"], bypassed=["second"], bare=True)
    x = torch.ones(1, 2)
    torch.testing.assert_close(partial(x), network.first(x))
    assert {id(p) for p in partial.parameters()} == {id(p) for p in network.first.parameters()}
