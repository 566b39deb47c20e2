"""Layers that adapt CT slices and volumes to networks for color images."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class ToRgb(nn.Module):
    """Conversion of gray values in [-1, 1] to three normalized channels.

    Parameters
    ----------
    mean, sd
        Mean and standard deviation of the three channels during pretraining.
    size
        Height and width of the output (bilinear, antialiased); None keeps the size.
    volumes
        Whether inputs are volumes (B, 1, S, H, W), not slices (B, 1, H, W).
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
        """Return (B, 3, …, H, W) of gray values (B, 1, …, H, W); `size` replaces H and W."""
        if self.size is not None and slices.shape[-2:] != (self.size, self.size):
            slices = functional.interpolate(
                slices, (self.size, self.size), mode="bilinear", antialias=True
            )
        return ((slices + 1) / 2 - self.mean) / self.sd


class ChannelsFirst(nn.Module):
    """Permutation of maps from (B, …, C) to (B, C, …)."""

    def forward(self, maps: Tensor) -> Tensor:
        """Return (B, C, …) of maps (B, …, C)."""
        return maps.movedim(-1, 1)  # (B, C, …)


class Tokens(nn.Module):
    """First layers of a vision transformer: patches, class token and positional embedding."""

    def __init__(
        self, patches: nn.Module, class_token: nn.Parameter, positions: nn.Parameter
    ) -> None:
        super().__init__()
        self.patches = patches
        self.class_token = class_token
        self.positions = positions

    def forward(self, images: Tensor) -> Tensor:
        """Return tokens (B, 1 + patches, C) of images (B, 3, H, W), the class token first."""
        patches = self.patches(images).flatten(2).transpose(1, 2)  # (B, patches, C)
        class_token = self.class_token.expand(patches.shape[0], -1, -1)  # (B, 1, C)
        return torch.cat([class_token, patches], dim=1) + self.positions  # (B, 1 + patches, C)


class ClassToken(nn.Module):
    """Selection of the class token of a vision transformer."""

    def forward(self, tokens: Tensor) -> Tensor:
        """Return (B, C) of (B, tokens, C)."""
        return tokens[:, 0]
