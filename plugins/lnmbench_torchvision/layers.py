"""Layers that stand between CT slices and networks made for photographs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class ToRgb(nn.Module):
    """Repeats slices in [-1, 1] as three channels, with the mean and sd of a network's colors.

    Slices are (B, 1, H, W), or volumes (B, 1, S, H, W) where `volumes`. With `size`, slices of
    another height or width are resized (bilinear, antialiased) for networks that take no other.
    """

    mean: Tensor
    sd: Tensor

    def __init__(
        self,
        mean: Sequence[float],
        sd: Sequence[float],
        *,
        size: int | None = None,
        volumes: bool = False,
    ) -> None:
        super().__init__()
        shape = (1, 3, 1, 1, 1) if volumes else (1, 3, 1, 1)
        self.register_buffer("mean", torch.tensor(mean).view(shape))
        self.register_buffer("sd", torch.tensor(sd).view(shape))
        self.size = size

    def forward(self, slices: Tensor) -> Tensor:
        """Return (B, 3, …)."""
        if self.size is not None and slices.shape[-2:] != (self.size, self.size):
            slices = functional.interpolate(
                slices, (self.size, self.size), mode="bilinear", antialias=True
            )
        return ((slices + 1) / 2 - self.mean) / self.sd


class ChannelsFirst(nn.Module):
    """Brings maps (B, …, C) into the usual order (B, C, …)."""

    def forward(self, maps: Tensor) -> Tensor:
        """Return (B, C, …)."""
        return maps.movedim(-1, 1)


class Tokens(nn.Module):
    """The start of a vision transformer: patches and the class token, with their positions."""

    def __init__(
        self, patches: nn.Module, class_token: nn.Parameter, positions: nn.Parameter
    ) -> None:
        super().__init__()
        self.patches = patches
        self.class_token = class_token
        self.positions = positions

    def forward(self, images: Tensor) -> Tensor:
        """Return tokens (B, 1 + patches, C) of images (B, 3, H, W), the class token first."""
        patches = self.patches(images).flatten(2).transpose(1, 2)
        first = self.class_token.expand(patches.shape[0], -1, -1)
        return torch.cat([first, patches], dim=1) + self.positions


class ClassToken(nn.Module):
    """Takes the class token of a vision transformer as the features."""

    def forward(self, tokens: Tensor) -> Tensor:
        """Return (B, C) of (B, tokens, C)."""
        return tokens[:, 0]
