"""One network of torchvision as an encoder, built when it is first used."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from lnmbench import Weights
from lnmbench_torchvision.family import Family
from lnmbench_torchvision.sources import check_source

if TYPE_CHECKING:
    from torch import nn


class TorchvisionEncoder:
    """A network whose last stage is `cut`: with all stages, what its own classifier is given.

    `weights`: imagenet (for volumes kinetics) or fails; `random` from `seed`; a file that holds a
    state dict; `auto` takes the pretrained ones if they are on disk or come within seconds, else
    random ones, and says which in `weights`. The network is built when its weights or stages are
    asked for.

    Vision transformers and MaxViT resize slices to 224 × 224 (bilinear, antialiased); all others
    take any size from 32 × 32. Volumes may have any number of slices: `swin3d` pads an odd one with
    a slice of zeros, the mean of its colors, and in `r3d_18` and `r2plus1d_18` three stages halve
    it, rounding up.
    """

    def __init__(self, name: str, family: Family, *, weights: str, cut: str, seed: int) -> None:
        check_source(name, family, weights)
        self.level: Literal["slice", "volume"] = family.level
        self._name, self._family, self._cut = name, family, cut
        self._source, self._seed = weights, seed

    @cached_property
    def out_dim(self) -> int:
        """The length of a feature vector; no network is built to learn it."""
        from lnmbench_torchvision.stages import width

        return width(self._name, self._family, self._cut)

    @property
    def weights(self) -> Weights:
        """Where the weights come from. Raises `UserError` where they cannot be had."""
        return self._built[1]

    def stages(self) -> nn.Sequential:
        """Return to_rgb, the network's stages up to the cut, pool."""
        return self._built[0]

    @cached_property
    def _built(self) -> tuple[nn.Sequential, Weights]:
        from lnmbench_torchvision.stages import make_stages
        from lnmbench_torchvision.weights import load

        network, weights = load(self._name, self._family, source=self._source, seed=self._seed)
        return make_stages(network, self._family, self._cut), weights


def encoder(name: str, family: Family) -> Callable[..., TorchvisionEncoder]:
    """Return the factory of one network, e.g. `resnet50`."""
    cuts = tuple(family.stages)

    def factory(weights: str = "auto", cut: str = cuts[-1], seed: int = 0) -> TorchvisionEncoder:
        return TorchvisionEncoder(name, family, weights=weights, cut=cut, seed=seed)

    factory.__annotations__["cut"] = Literal[cuts]
    factory.__doc__ = f"{family.title} up to the stage `cut`"
    factory.__name__ = name
    return factory
