"""3D residual networks with the parameter names of torchvision, MONAI and MedicalNet."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

Sides = tuple[int, int, int]

_EXPANSION = {"basic": 1, "bottleneck": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResNetPlan:
    """Structure of a 3D residual network.

    `width` is the number of channels of the first layer; each later layer doubles it. The stem has
    a kernel with padding for all of it. `strides` and `dilations` are those of the four layers. The
    shortcut `zeros` pads missing channels with zeros, `projection` is a convolution, with or
    without a bias.
    """

    block: Literal["basic", "bottleneck"]
    blocks: tuple[int, int, int, int]
    width: int = 64
    inputs: int = 1
    stem_kernel: Sides = (7, 7, 7)
    stem_stride: Sides = (2, 2, 2)
    strides: tuple[int, int, int, int] = (1, 2, 2, 2)
    dilations: tuple[int, int, int, int] = (1, 1, 1, 1)
    shortcut: Literal["projection", "zeros"] = "projection"
    shortcut_bias: bool = False

    @property
    def out_dim(self) -> int:
        """The number of channels of the last layer."""
        return 8 * self.width * _EXPANSION[self.block]


class ResNet3d(nn.Module):
    """A 3D residual network without its classifier.

    Parameters
    ----------
    plan
        Its structure.
    """

    def __init__(self, plan: ResNetPlan) -> None:
        super().__init__()
        self._inputs = plan.inputs
        depth, height, width = (side // 2 for side in plan.stem_kernel)
        padding = (depth, height, width)
        self.conv1 = nn.Conv3d(
            plan.inputs, plan.width, plan.stem_kernel, plan.stem_stride, padding, bias=False
        )
        self.bn1 = nn.BatchNorm3d(plan.width)
        channels = plan.width
        for number, (blocks, stride, dilation) in enumerate(
            zip(plan.blocks, plan.strides, plan.dilations, strict=True)
        ):
            width = plan.width * 2**number
            layer = nn.Sequential()
            for index in range(blocks):
                step = stride if index == 0 else 1
                layer.append(Block(plan, channels, width, stride=step, dilation=dilation))
                channels = width * _EXPANSION[plan.block]
            self.add_module(f"layer{number + 1}", layer)

    def stages(self) -> nn.Sequential:
        """Return stem, layer1 … layer4, pool; layers are shared."""
        stem = nn.Sequential(
            Repeat(self._inputs), self.conv1, self.bn1, nn.ReLU(), nn.MaxPool3d(3, 2, 1)
        )
        layers = {f"layer{number}": getattr(self, f"layer{number}") for number in range(1, 5)}
        pool = nn.Sequential(nn.AdaptiveAvgPool3d(1), nn.Flatten())
        return nn.Sequential(OrderedDict(stem=stem, **layers, pool=pool))


class Repeat(nn.Module):
    """Repeats the only channel of a CT.

    Parameters
    ----------
    channels
        The number of channels.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self._channels = channels

    def forward(self, volumes: Tensor) -> Tensor:
        """Return (B, channels, …) of (B, 1, …)."""
        return volumes.expand(-1, self._channels, -1, -1, -1)


class ZeroShortcut(nn.Module):
    """Shortcut without parameters: every n-th voxel, and channels of zeros.

    Parameters
    ----------
    channels
        The number of channels of the output.
    stride
        The distance of the voxels.
    """

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self._channels, self._stride = channels, stride

    def forward(self, maps: Tensor) -> Tensor:
        """Return (B, channels, …) of maps (B, C, …)."""
        thinned = functional.avg_pool3d(maps, 1, self._stride)
        return functional.pad(thinned, (0, 0, 0, 0, 0, 0, 0, self._channels - thinned.shape[1]))


class Block(nn.Module):
    """Residual block of two or, with a bottleneck, three convolutions.

    Parameters
    ----------
    plan
        The structure of the network.
    inputs, width
        Channels of the input, and of the convolutions.
    stride, dilation
        Those of the convolution of 3 × 3 × 3 voxels, of a basic block the first one.
    """

    def __init__(
        self, plan: ResNetPlan, inputs: int, width: int, *, stride: int, dilation: int
    ) -> None:
        super().__init__()
        outputs = width * _EXPANSION[plan.block]
        if plan.block == "basic":
            self.conv1 = _conv(inputs, width, stride, dilation)
            self.conv2 = _conv(width, outputs, 1, dilation)
        else:
            self.conv1 = nn.Conv3d(inputs, width, 1, bias=False)
            self.conv2 = _conv(width, width, stride, dilation)
            self.conv3 = nn.Conv3d(width, outputs, 1, bias=False)
            self.bn3 = nn.BatchNorm3d(outputs)
        self.bn1, self.bn2 = nn.BatchNorm3d(width), nn.BatchNorm3d(width)
        self._has_third, self._relu = plan.block == "bottleneck", nn.ReLU()
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.downsample = (
                ZeroShortcut(outputs, stride)
                if plan.shortcut == "zeros"
                else nn.Sequential(
                    nn.Conv3d(inputs, outputs, 1, stride, bias=plan.shortcut_bias),
                    nn.BatchNorm3d(outputs),
                )
            )

    def forward(self, maps: Tensor) -> Tensor:
        """Return (B, outputs, …) of maps (B, inputs, …)."""
        x = self._relu(self.bn1(self.conv1(maps)))
        x = self.bn2(self.conv2(x))
        if self._has_third:
            x = self.bn3(self.conv3(self._relu(x)))
        total: Tensor = self._relu(x + self.downsample(maps))
        return total


def _conv(inputs: int, outputs: int, stride: int, dilation: int) -> nn.Conv3d:
    return nn.Conv3d(inputs, outputs, 3, stride, dilation, dilation, bias=False)
