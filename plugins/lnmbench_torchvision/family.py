"""What a family of torchvision's networks is, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# paths inside torchvision's network (`features.0`) in the order in which they run, or with a plus,
# what its `forward` has in code (`IN_CODE` in stages.py)
Layers = tuple[str, ...]

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
KINETICS = ((0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Networks of one structure, `names` from small to large.

    `stages` are the layers of each stage that an encoder can be cut behind. `end` makes features
    of what the last stage gives, as the network itself does before its classifier; `average` those
    of an earlier stage. `classifier` are the prefixes of weights that are not used. `colors` are
    (mean, sd) of the channels that the network was trained with, `size` the height and width that
    it needs, `old_names` how old files of weights spell a name (pattern, replacement).
    """

    title: str
    names: tuple[str, ...]
    stages: Mapping[str, Layers]
    average: Layers = ("+average",)
    end: Layers = ("+average",)
    classifier: tuple[str, ...] = ("classifier.",)
    level: Literal["slice", "volume"] = "slice"
    pretrained: Literal["imagenet", "kinetics"] = "imagenet"
    colors: tuple[tuple[float, ...], tuple[float, ...]] = IMAGENET
    size: int | None = None
    old_names: tuple[tuple[str, str], ...] = ()
