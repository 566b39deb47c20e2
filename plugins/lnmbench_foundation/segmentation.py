"""Encoders of segmentation networks: SegResNet of CT-FM, U-Net of SuPreM."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class SegResEncoder(nn.Module):
    """The encoder of a SegResNet with deep supervision (Myronenko 2018), as in MONAI.

    Parameters
    ----------
    width
        The number of channels of the first level; each later level doubles it.
    blocks
        The number of residual blocks of each level.
    """

    def __init__(self, width: int = 32, blocks: Sequence[int] = (1, 2, 2, 4, 4)) -> None:
        super().__init__()
        self.conv_init = nn.Conv3d(1, width, 3, padding=1, bias=False)
        self.layers = nn.ModuleList()
        for number, count in enumerate(blocks):
            channels = width * 2**number
            level = nn.ModuleDict()
            level["blocks"] = nn.Sequential(*(_ResBlock(channels) for _ in range(count)))
            if number < len(blocks) - 1:
                level["downsample"] = nn.Conv3d(
                    channels, 2 * channels, 3, stride=2, padding=1, bias=False
                )
            self.layers.append(level)

    def stages(self) -> nn.Sequential:
        """Return stem, level1 …, pool; layers are shared."""
        levels = {
            f"level{number}": nn.Sequential(*level.values())
            for number, level in enumerate(self.layers, start=1)
            if isinstance(level, nn.ModuleDict)
        }
        return nn.Sequential(OrderedDict(stem=self.conv_init, **levels, pool=_pool()))


class _ResBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm3d(channels)
        self.conv1 = nn.Conv3d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm3d(channels)
        self.conv2 = nn.Conv3d(channels, channels, 3, padding=1, bias=False)
        self._relu = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        x = self.conv1(self._relu(self.norm1(maps)))
        total: Tensor = maps + self.conv2(self._relu(self.norm2(x)))
        return total


class UNetEncoder(nn.Module):
    """The contracting path of the 3D U-Net of Models Genesis and SuPreM.

    Parameters
    ----------
    width
        The number of channels of the first convolution.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.down_tr64 = _Transition(1, width)
        self.down_tr128 = _Transition(2 * width, 2 * width)
        self.down_tr256 = _Transition(4 * width, 4 * width)
        self.down_tr512 = _Transition(8 * width, 8 * width)

    def stages(self) -> nn.Sequential:
        """Return down_tr64, down_tr128, down_tr256, down_tr512, pool; layers are shared."""
        paths = {
            name: nn.Sequential(self.get_submodule(name), nn.MaxPool3d(2))
            for name in ("down_tr64", "down_tr128", "down_tr256")
        }
        return nn.Sequential(OrderedDict(**paths, down_tr512=self.down_tr512, pool=_pool()))


class _Transition(nn.Module):
    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.ops = nn.Sequential(_Convolution(inputs, width), _Convolution(width, 2 * width))

    def forward(self, maps: Tensor) -> Tensor:
        result: Tensor = self.ops(maps)
        return result


class _Convolution(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(inputs, outputs, 3, padding=1)
        self.bn1 = SampleNorm(outputs)

    def forward(self, maps: Tensor) -> Tensor:
        return functional.relu(self.bn1(self.conv1(maps)))


class SampleNorm(nn.Module):
    """Batch normalization with the statistics of each volume.

    SuPreM normalizes by the statistics of the batch, also in inference; with one volume in a batch,
    these are the statistics of the volume. The running statistics are in its files and not used.

    Parameters
    ----------
    channels
        The number of channels.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def reset_parameters(self) -> None:
        """Set scale and shift to 1 and 0."""
        nn.init.ones_(self.weight)
        nn.init.zeros_(self.bias)
        for buffer in self.buffers():
            buffer.zero_()

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of mean `bias` and standard deviation `weight` in each volume."""
        return functional.instance_norm(maps, weight=self.weight, bias=self.bias)


def _pool() -> nn.Sequential:
    return nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten())
