"""What stands before, between and behind the layers of timm's networks."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from lnmbench_timm.network import features, pooled


class ToRgb(nn.Module):
    """Repeats a slice (B, 1, H, W) in [-1, 1] as three channels, normalized as the network wants.

    With a `size` it is resized to that (bilinear, antialiased).
    """

    mean: Tensor
    sd: Tensor

    def __init__(
        self, mean: Sequence[float], sd: Sequence[float], size: tuple[int, int] | None
    ) -> None:
        super().__init__()
        self._size = size
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("sd", torch.tensor(sd).view(1, -1, 1, 1))

    def forward(self, slices: Tensor) -> Tensor:
        """Return (B, 3, H, W)."""
        if self._size is not None:
            slices = functional.interpolate(
                slices, size=self._size, mode="bilinear", antialias=True, align_corners=False
            )
        return ((slices + 1) / 2 - self.mean) / self.sd


class Rest(nn.Module):
    """What a network `does` (`features` or `pooled`) with only some of its layers left in it.

    The layers are shared with the network. `bypassed` layers let everything through; those that are
    neither kept nor bypassed are gone, and with them the network's own parameters if `bare`.
    """

    def __init__(
        self,
        network: nn.Module,
        does: Callable[[nn.Module, Tensor], Tensor],
        *,
        kept: Collection[str],
        bypassed: Collection[str] = (),
        bare: bool = False,
    ) -> None:
        super().__init__()
        rest = copy.copy(network)
        children = dict(network.named_children())
        rest._modules = {name: children[name] for name in children if name in kept}
        rest._modules |= {name: _nothing(children[name]) for name in bypassed}
        rest._parameters = {} if bare else dict(network._parameters)
        rest._buffers = {} if bare else dict(network._buffers)
        self.network, self._does = rest, does

    def forward(self, maps: Tensor) -> Tensor:
        """Return what it does to maps."""
        return self._does(self.network, maps)


class Whole(nn.Module):
    """All of a network below its classifier."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Return (B, D) of images (B, 3, H, W)."""
        return pooled(self.network, features(self.network, images))


class Mean(nn.Module):
    """Averages maps over rows and columns, or tokens but for the first few."""

    def __init__(self, axes: tuple[int, ...], first: int = 0) -> None:
        super().__init__()
        self._axes, self._first = axes, first

    def forward(self, maps: Tensor) -> Tensor:
        """Return (B, C) of (B, C, H, W), (B, H, W, C) or (B, N, C)."""
        return maps.mean(self._axes) if len(self._axes) > 1 else maps[:, self._first :].mean(1)


def _nothing(layer: nn.Module) -> nn.Module:
    # what is iterated over must stay a container
    return nn.Sequential() if isinstance(layer, (nn.Sequential, nn.ModuleList)) else nn.Identity()
