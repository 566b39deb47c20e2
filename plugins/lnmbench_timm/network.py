"""What is asked of a network of timm beyond what torch knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from torch import Tensor, nn


def record(network: nn.Module) -> Mapping[str, Any]:
    """Return timm's record of the weights: tag, license, size and normalization of images."""
    known: Mapping[str, Any] = cast(Any, network).pretrained_cfg
    return known


def features(network: nn.Module, images: Tensor) -> Tensor:
    """Return maps (B, C, H, W) or (B, H, W, C), or tokens (B, N, C), of images (B, 3, H, W)."""
    maps: Tensor = cast(Any, network).forward_features(images)
    return maps


def pooled(network: nn.Module, maps: Tensor) -> Tensor:
    """Return what the classifier would get (B, D) of the network's maps or tokens."""
    vectors: Tensor = cast(Any, network).forward_head(maps, pre_logits=True)
    return vectors


def feature_layers(network: nn.Module) -> list[str]:
    """Return the paths of the layers whose outputs timm counts as features, as it lists them."""
    info: Any = getattr(network, "feature_info", [])
    return [str(entry["module"]) for entry in getattr(info, "info", info)]
