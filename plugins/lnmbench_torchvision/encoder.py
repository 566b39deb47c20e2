"""torchvision's networks as encoders, built on first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lnmbench import UserError, Weights
from lnmbench_torchvision.families import PRETRAINED_TITLES, WEIGHT_SOURCES, Family

if TYPE_CHECKING:
    from torch import nn


class TorchvisionEncoder:
    """A network of torchvision up to the encoder stage `cut`.

    With all stages, the features are the input of the network's own classifier. Vision transformers
    and MaxViT resize slices to 224 × 224 (bilinear, antialiased); all others take any size from
    32 × 32. Volumes may have any number of slices: `swin3d` pads an odd number with a slice of
    zeros, the mean of its colors; `r3d_18` and `r2plus1d_18` halve it in three stages, rounding up.

    Parameters
    ----------
    name
        torchvision's name of the network.
    family
        Structure of the network.
    weights
        `auto`, the family's pretrained weights (`imagenet` or `kinetics`), `random`, or a file.
    cut
        Last encoder stage to keep.
    seed
        Seed of random weights.
    """

    def __init__(self, name: str, family: Family, *, weights: str, cut: str, seed: int) -> None:
        _check_source(name, family, weights)
        self.level: Literal["slice", "volume"] = family.level
        self._name, self._family, self._cut = name, family, cut
        self._source, self._seed = weights, seed

    @cached_property
    def out_dim(self) -> int:
        """The length of a feature vector, computed without building the network."""
        from lnmbench_torchvision.stages import feature_width

        return feature_width(self._name, self._family, self._cut)

    @property
    def weights(self) -> Weights:
        """The source of the weights. Raises `UserError` if they are not available."""
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


def make_factory(name: str, family: Family) -> Callable[..., TorchvisionEncoder]:
    """Return the factory of one network, e.g. `resnet50`."""
    cuts = tuple(family.stages)

    def factory(weights: str = "auto", cut: str = cuts[-1], seed: int = 0) -> TorchvisionEncoder:
        return TorchvisionEncoder(name, family, weights=weights, cut=cut, seed=seed)

    factory.__annotations__["cut"] = Literal[cuts]
    factory.__doc__ = _FACTORY_DOC.format(title=family.title, pretrained=family.pretrained)
    factory.__name__ = name
    return factory


_FACTORY_DOC = """{title}.

    Parameters
    ----------
    weights
        `{pretrained}` (torchvision's pretrained weights; an error if they are not available),
        `random`, a file with a state dict, or `auto` (pretrained weights if they are on disk or
        can be downloaded within a minute, otherwise random ones).
    cut
        Last encoder stage to keep. Without it, the features are the input of the network's own
        classifier; the maps of an earlier stage are averaged.
    seed
        Seed of random weights.
    """


def _check_source(name: str, family: Family, source: str) -> None:
    """Raise `UserError` for weights that do not exist; nothing is loaded."""
    accepted = f"auto | {family.pretrained} | random | FILE"
    if source in PRETRAINED_TITLES and source != family.pretrained:
        title = PRETRAINED_TITLES[family.pretrained]
        raise UserError(
            f"{name} has no {source} weights",
            expected=accepted,
            then=f"its pretrained weights come from {title}: {name}:weights={family.pretrained}",
        )
    if source not in WEIGHT_SOURCES and not Path(source).expanduser().is_file():
        raise UserError(
            f"wrong value for weights of {name}",
            expected=accepted,
            got=f"{source!r}, no such file",
        )
