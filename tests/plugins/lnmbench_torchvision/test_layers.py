from __future__ import annotations

import torch
from lnmbench_torchvision.layers import ChannelsFirst, ClassToken, Tokens, ToRgb
from torch import nn


def test_gray_values_become_normalized_channels_of_the_required_size() -> None:
    to_rgb = ToRgb((0.5, 0.25, 0.0), (0.5, 1.0, 2.0), size=16)
    rgb = to_rgb(torch.zeros(2, 1, 8, 12))
    assert rgb.shape == (2, 3, 16, 16)
    expected = torch.tensor([0.0, 0.25, 0.25])
    torch.testing.assert_close(rgb[0, :, 3, 5], expected)
    volumes = ToRgb((0.5, 0.25, 0.0), (0.5, 1.0, 2.0), volumes=True)(torch.zeros(2, 1, 3, 8, 8))
    assert volumes.shape == (2, 3, 3, 8, 8)


def test_the_class_token_comes_first() -> None:
    patches = nn.Conv2d(3, 5, 4, stride=4)
    class_token = nn.Parameter(torch.full((1, 1, 5), 7.0))
    tokens = Tokens(patches, class_token, nn.Parameter(torch.zeros(1, 5, 5)))
    output = tokens(torch.zeros(2, 3, 8, 8))
    assert output.shape == (2, 5, 5)
    assert torch.equal(ClassToken()(output), torch.full((2, 5), 7.0))


def test_channels_move_to_the_second_axis() -> None:
    assert ChannelsFirst()(torch.zeros(2, 8, 9, 4)).shape == (2, 4, 8, 9)
