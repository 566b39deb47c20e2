"""Modules that adapt timm's networks to CT slices and to single encoder stages."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from lnmbench_timm.timm_api import forward_features, forward_pool


class ToRgb(nn.Module):
    """Conversion of slices (B, 1, H, W) in [-1, 1] to three normalized channels.

    Parameters
    ----------
    mean, sd
        Mean and standard deviation of the three channels during pretraining.
    size
        Height and width of the output (bilinear, antialiased); None keeps the size.
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
        """Return (B, 3, H, W) of slices (B, 1, H, W); `size` replaces H and W."""
        if self._size is not None:
            slices = functional.interpolate(
                slices, size=self._size, mode="bilinear", antialias=True, align_corners=False
            )
        return ((slices + 1) / 2 - self.mean) / self.sd


class PartialNetwork(nn.Module):
    """A network with only some of its layers, which it shares with the complete network.

    Parameters
    ----------
    network
        The complete network.
    forward
        `forward_features` or `forward_pool`.
    names
        Names of the layers to keep.
    bypassed
        Names of the layers to replace by the identity. All other layers are removed.
    bare
        Whether to remove the parameters and buffers of the network itself.
    """

    def __init__(
        self,
        network: nn.Module,
        forward: Callable[[nn.Module, Tensor], Tensor],
        *,
        names: Collection[str],
        bypassed: Collection[str] = (),
        bare: bool = False,
    ) -> None:
        super().__init__()
        partial = copy.copy(network)
        children = dict(network.named_children())
        partial._modules = {name: children[name] for name in children if name in names}
        partial._modules |= {name: _identity(children[name]) for name in bypassed}
        partial._parameters = {} if bare else dict(network._parameters)
        partial._buffers = {} if bare else dict(network._buffers)
        self.network, self._forward = partial, forward

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps or tokens of images (B, 3, H, W), or (B, D) of maps with `forward_pool`."""
        return self._forward(self.network, maps)


class CompleteNetwork(nn.Module):
    """All layers of a network before its classifier."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Return (B, D) of images (B, 3, H, W)."""
        return forward_pool(self.network, forward_features(self.network, images))


class MeanPool(nn.Module):
    """Mean of maps over rows and columns, or of tokens without the first `prefix_tokens`."""

    def __init__(self, axes: tuple[int, ...], prefix_tokens: int = 0) -> None:
        super().__init__()
        self._axes, self._prefix_tokens = axes, prefix_tokens

    def forward(self, maps: Tensor) -> Tensor:
        """Return (B, C) of (B, C, H, W), (B, H, W, C) or (B, N, C)."""
        if len(self._axes) > 1:
            return maps.mean(self._axes)  # (B, C)
        return maps[:, self._prefix_tokens :].mean(1)  # (B, C)


def _identity(layer: nn.Module) -> nn.Module:
    # a container that the network iterates over must stay a container
    return nn.Sequential() if isinstance(layer, (nn.Sequential, nn.ModuleList)) else nn.Identity()
