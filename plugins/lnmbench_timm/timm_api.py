"""Typed access to the members that timm's networks have beyond those of torch modules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from torch import Tensor, nn


def pretrained_config(network: nn.Module) -> Mapping[str, Any]:
    """Return timm's description of the weights: tag, license, size and normalization of images."""
    config: Mapping[str, Any] = cast(Any, network).pretrained_cfg
    return config


def forward_features(network: nn.Module, images: Tensor) -> Tensor:
    """Return maps (B, C, H, W) or (B, H, W, C), or tokens (B, N, C), of images (B, 3, H, W)."""
    maps: Tensor = cast(Any, network).forward_features(images)
    return maps


def forward_pool(network: nn.Module, maps: Tensor) -> Tensor:
    """Return the input of the classifier (B, D) for the maps or tokens of `forward_features`."""
    vectors: Tensor = cast(Any, network).forward_head(maps, pre_logits=True)
    return vectors


def feature_layers(network: nn.Module) -> list[str]:
    """Return the paths of the layers whose outputs timm lists as features."""
    info: Any = getattr(network, "feature_info", [])
    return [str(entry["module"]) for entry in getattr(info, "info", info)]
