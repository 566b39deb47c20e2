"""The network of EfficientNet-Lite0, with the parameter names of the package with its weights."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockGroup:
    """Consecutive blocks: their number, kernel, first stride, expansion and widths."""

    number: int
    kernel: int
    stride: int
    expansion: int
    inputs: int
    outputs: int


BLOCKS = (
    BlockGroup(number=1, kernel=3, stride=1, expansion=1, inputs=32, outputs=16),
    BlockGroup(number=2, kernel=3, stride=2, expansion=6, inputs=16, outputs=24),
    BlockGroup(number=2, kernel=5, stride=2, expansion=6, inputs=24, outputs=40),
    BlockGroup(number=3, kernel=3, stride=2, expansion=6, inputs=40, outputs=80),
    BlockGroup(number=3, kernel=5, stride=1, expansion=6, inputs=80, outputs=112),
    BlockGroup(number=4, kernel=5, stride=2, expansion=6, inputs=112, outputs=192),
    BlockGroup(number=1, kernel=3, stride=1, expansion=6, inputs=192, outputs=320),
)
STEM_WIDTH, HEAD_WIDTH = 32, 1280
WIDTHS = {
    "stem": STEM_WIDTH,
    **{f"blocks{number}": group.outputs for number, group in enumerate(BLOCKS, start=1)},
    "head": HEAD_WIDTH,
}


class ToRgb(nn.Module):
    """Conversion of slices (B, 1, H, W) in [-1, 1] to three channels (gray − 127) / 128."""

    def forward(self, slices: Tensor) -> Tensor:
        """Return (B, 3, H, W) of slices (B, 1, H, W)."""
        return (((slices + 1) * 127.5 - 127) / 128).expand(-1, 3, -1, -1)


class SamePadding(nn.Module):
    """Padding as TensorFlow's "same" before a convolution: an odd pixel goes to the end."""

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        self._half, self._stride = kernel // 2, stride

    def forward(self, maps: Tensor) -> Tensor:
        """Return (B, C, H + …, W + …) of maps (B, C, H, W).

        A convolution of stride s makes ⌈H / s⌉ rows and ⌈W / s⌉ columns from it.
        """
        height, width = (self._front(size) for size in (maps.shape[2], maps.shape[3]))
        return functional.pad(maps, (width, self._half, height, self._half))

    def _front(self, size: int) -> int:
        return self._half if self._stride == 1 else self._half - 1 + size % 2


class Block(nn.Module):
    """An inverted bottleneck: expansion, depthwise convolution, projection, and a skip connection.

    Parameters
    ----------
    inputs, outputs
        Numbers of channels.
    kernel
        Size of the depthwise convolution in pixels.
    stride
        Stride of the depthwise convolution.
    expansion
        Channels of the depthwise convolution, as a multiple of `inputs`.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        expanded = inputs * expansion
        self._expands, self._adds = expansion != 1, stride == 1 and inputs == outputs
        if self._expands:
            self._expand_conv = nn.Conv2d(inputs, expanded, 1, bias=False)
            self._bn0 = _norm(expanded)
        self._padding = SamePadding(kernel, stride)
        self._depthwise_conv = nn.Conv2d(
            expanded, expanded, kernel, stride, groups=expanded, bias=False
        )
        self._bn1 = _norm(expanded)
        self._project_conv = nn.Conv2d(expanded, outputs, 1, bias=False)
        self._bn2 = _norm(outputs)
        self._relu6 = nn.ReLU6()

    def forward(self, maps: Tensor) -> Tensor:
        """Return (B, outputs, ⌈H / stride⌉, ⌈W / stride⌉) of maps (B, inputs, H, W)."""
        x: Tensor = self._relu6(self._bn0(self._expand_conv(maps))) if self._expands else maps
        x = self._relu6(self._bn1(self._depthwise_conv(self._padding(x))))
        x = self._bn2(self._project_conv(x))
        return maps + x if self._adds else x


class Lite0(nn.Module):
    """All layers before the classifier, with the names of the package; `stages` returns them."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = nn.Conv2d(3, STEM_WIDTH, 3, stride=2, bias=False)
        self._bn0 = _norm(STEM_WIDTH)
        self._blocks = nn.Sequential(*(block for group in BLOCKS for block in _make_blocks(group)))
        self._conv_head = nn.Conv2d(BLOCKS[-1].outputs, HEAD_WIDTH, 1, bias=False)
        self._bn1 = _norm(HEAD_WIDTH)

    def initialize(self) -> None:
        """Draw weights from torch's generator that keep the scale of the signal in eval mode."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                fan_out = layer.weight[0, 0].numel() * layer.out_channels // layer.groups
                nn.init.normal_(layer.weight, 0.0, math.sqrt(2.0 / fan_out))

    def stages(self, cut: str) -> nn.Sequential:
        """Return to_rgb, stem, blocks1 … cut, pool in eval mode; layers are shared."""
        stem = (SamePadding(3, 2), self._conv_stem, self._bn0, nn.ReLU6())
        parts: OrderedDict[str, nn.Module] = OrderedDict(stem=nn.Sequential(*stem))
        first = 0
        for number, group in enumerate(BLOCKS, start=1):
            parts[f"blocks{number}"] = self._blocks[first : first + group.number]
            first += group.number
        parts["head"] = nn.Sequential(self._conv_head, self._bn1, nn.ReLU6())
        names = list(parts)
        up_to_cut = {name: parts[name] for name in names[: names.index(cut) + 1]}
        pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        return nn.Sequential(OrderedDict(to_rgb=ToRgb(), **up_to_cut, pool=pool)).eval()


def random_network(seed: int) -> Lite0:
    """Return the network with random weights that depend on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Lite0()
        network.initialize()
    return network


def _make_blocks(group: BlockGroup) -> list[Block]:
    width, kernel, expansion = group.outputs, group.kernel, group.expansion
    first = Block(group.inputs, width, kernel, group.stride, expansion)
    others = (Block(width, width, kernel, 1, expansion) for _ in range(group.number - 1))
    return [first, *others]


def _norm(width: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(width, eps=1e-3, momentum=0.01)
