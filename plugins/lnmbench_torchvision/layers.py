"""Layers that stand between CT slices and networks made for photographs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_SD = (0.229, 0.224, 0.225)


class ToRgb(nn.Module):
    """Repeats a slice (B, 1, H, W) in [-1, 1] as three channels, normalised as ImageNet is."""

    mean: Tensor
    sd: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1))
        self.register_buffer("sd", torch.tensor(IMAGENET_SD).view(1, 3, 1, 1))

    def forward(self, slices: Tensor) -> Tensor:
        """Return (B, 3, H, W)."""
        return ((slices + 1) / 2 - self.mean) / self.sd
