"""Residual networks of torchvision as encoders of CT slices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from lnmbench import Weights

if TYPE_CHECKING:
    from torch import nn

Stage = Literal["stem", "layer1", "layer2", "layer3", "layer4"]
Source = Literal["auto", "imagenet", "random"]


def resnet(architecture: str) -> Callable[..., ResNet]:
    """Return the factory of one architecture, e.g. `resnet50`."""

    def factory(weights: Source = "auto", cut: Stage = "layer4", seed: int = 0) -> ResNet:
        return ResNet(architecture, weights=weights, cut=cut, seed=seed)

    factory.__doc__ = f"{architecture} up to the stage `cut`, its maps averaged."
    factory.__name__ = architecture
    return factory


class ResNet:
    """A frozen residual network (He et al. 2016) whose last stage is `cut`.

    `weights`: `imagenet` or fails; `random` from `seed`; `auto` takes ImageNet weights if they
    are on disk or come within seconds, else random ones, and says which in `weights`.
    """

    level: Literal["slice"] = "slice"
    weights: Weights
    out_dim: int

    def __init__(self, architecture: str, *, weights: Source, cut: Stage, seed: int) -> None:
        from lnmbench_torchvision.weights import load

        model, self.weights = load(architecture, source=weights, seed=seed)
        self._stages = _sequence(model, cut)
        self.out_dim = _width(self._stages)

    def stages(self) -> nn.Sequential:
        """Return to_rgb, stem, layer1 … cut, pool: (B, 1, H, W) in [-1, 1] to (B, out_dim)."""
        return self._stages


def _sequence(model: nn.Module, cut: Stage) -> nn.Sequential:
    from collections import OrderedDict

    from torch import nn

    from lnmbench_torchvision.layers import ToRgb

    parts = map(model.get_submodule, ("conv1", "bn1", "relu", "maxpool"))
    stem = nn.Sequential(*parts)
    stages: OrderedDict[str, nn.Module] = OrderedDict(to_rgb=ToRgb(), stem=stem)
    for name in ("layer1", "layer2", "layer3", "layer4"):
        if cut in stages:
            break
        stages[name] = model.get_submodule(name)
    stages["pool"] = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Sequential(stages).eval()


def _width(stages: nn.Sequential) -> int:
    import torch

    with torch.inference_mode():
        return int(stages(torch.zeros(1, 1, 64, 64)).shape[1])
