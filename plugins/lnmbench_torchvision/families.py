"""Families of torchvision's networks, as data: names, encoder stages and weights.

This module imports neither torch nor torchvision, so that offers can be listed quickly.

Not included: AlexNet, SqueezeNet, GoogLeNet and Inception (no sequence of stages), MNASNet (needs
version entries of torchvision in the state dict), MViT and S3D (one fixed number of slices).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

# Paths inside torchvision's network (`features.0`) in the order in which they run. A plus marks
# what its `forward` does in code (`IN_CODE` in stages.py).
Layers = tuple[str, ...]

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
KINETICS = ((0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Networks of one structure.

    Parameters
    ----------
    title
        Name of the architecture, with its source.
    names
        torchvision's names, from small to large.
    stages
        Layers of each encoder stage.
    average
        Layers that average the maps of a stage before the last.
    end
        Layers between the last stage and the classifier.
    classifier
        Prefixes of the weights that an encoder does not use.
    level
        Input: a slice or a volume.
    pretrained
        Data that torchvision's weights were trained on.
    colors
        Mean and standard deviation of the channels during pretraining.
    size
        Height and width that the network requires in pixels; None: any.
    old_names
        Regular expressions and replacements for names in old weight files.
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


WEIGHT_SOURCES = ("auto", "imagenet", "kinetics", "random")
PRETRAINED_TITLES = {"imagenet": "ImageNet", "kinetics": "Kinetics-400"}
# networks whose default weights in torchvision were trained on images larger than 224 pixels
TAGS = {
    "regnet_y_128gf": "IMAGENET1K_SWAG_LINEAR_V1",
    "vit_h_14": "IMAGENET1K_SWAG_LINEAR_V1",
}


def _single_layers(*names: str) -> dict[str, Layers]:
    """Return stages that are one layer of the same name each."""
    return {name: (name,) for name in names}


def _layer_ranges(lengths: tuple[int, ...], names: tuple[str, ...]) -> dict[str, Layers]:
    """Return stages of consecutive layers of `features`, `lengths` layers each."""
    starts = [sum(lengths[:index]) for index in range(len(lengths) + 1)]
    paths = [tuple(f"features.{i}" for i in range(*ends)) for ends in pairwise(starts)]
    return dict(zip(names, paths, strict=True))


def _blocks(*lengths: int) -> dict[str, Layers]:
    """Return a stem, blocks1 …, and a head of one layer of `features`."""
    names = ("stem", *(f"blocks{index}" for index in range(1, len(lengths) + 1)), "head")
    return _layer_ranges((1, *lengths, 1), names)


_LAYERS = _single_layers("layer1", "layer2", "layer3", "layer4")
_FOUR = ("stem", "stage1", "stage2", "stage3", "stage4")
_PATCHES = _layer_ranges((1, 1, 2, 2, 2), _FOUR)
_VGG = {
    "vgg11": (3, 3, 5, 5, 5),
    "vgg11_bn": (4, 4, 7, 7, 7),
    "vgg13": (5, 5, 5, 5, 5),
    "vgg13_bn": (7, 7, 7, 7, 7),
    "vgg16": (5, 5, 7, 7, 7),
    "vgg16_bn": (7, 7, 10, 10, 10),
    "vgg19": (5, 5, 9, 9, 9),
    "vgg19_bn": (7, 7, 13, 13, 13),
}


def _vgg(name: str, lengths: tuple[int, ...]) -> Family:
    return Family(
        title="VGG network (Simonyan and Zisserman 2015)",
        names=(name,),
        stages=_layer_ranges(lengths, ("block1", "block2", "block3", "block4", "block5")),
        end=("avgpool", "+flatten", *(f"classifier.{index}" for index in range(6))),
        classifier=("classifier.6.",),
    )


def _efficientnet(title: str, names: tuple[str, ...], blocks: int) -> Family:
    return Family(title=title, names=names, stages=_blocks(*[1] * blocks))


def _vit(names: tuple[str, ...], layers: int) -> Family:
    inside = {f"encoder_layer_{i}": (f"encoder.layers.encoder_layer_{i}",) for i in range(layers)}
    return Family(
        title="Vision transformer (Dosovitskiy et al. 2021)",
        names=names,
        stages={"stem": ("+tokens",), **inside},
        average=("+class_token",),
        end=("encoder.ln", "+class_token"),
        classifier=("heads.",),
        size=224,
        old_names=((r"\.mlp\.linear_1\.", ".mlp.0."), (r"\.mlp\.linear_2\.", ".mlp.3.")),
    )


_DENSE = {
    "stem": ("features.conv0", "features.norm0", "features.relu0", "features.pool0"),
    "denseblock1": ("features.denseblock1",),
    "transition1": ("features.transition1",),
    "denseblock2": ("features.denseblock2",),
    "transition2": ("features.transition2",),
    "denseblock3": ("features.denseblock3",),
    "transition3": ("features.transition3",),
    "denseblock4": ("features.denseblock4",),
    "norm5": ("features.norm5", "+relu"),
}
_V1, _V2 = "EfficientNet (Tan and Le 2019)", "EfficientNetV2 (Tan and Le 2021)"

FAMILIES: tuple[Family, ...] = (
    Family(
        title="Residual network (He et al. 2016; ResNeXt, Wide ResNet)",
        names=(
            *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
            *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"),
            *("wide_resnet50_2", "wide_resnet101_2"),
        ),
        stages={"stem": ("conv1", "bn1", "relu", "maxpool"), **_LAYERS},
        classifier=("fc.",),
    ),
    Family(
        title="Densely connected network (Huang et al. 2017)",
        names=("densenet121", "densenet169", "densenet201", "densenet161"),
        stages=_DENSE,
        old_names=((r"(denselayer\d+\.(?:norm|relu|conv))\.([12])\.", r"\1\2."),),
    ),
    _efficientnet(_V1, tuple(f"efficientnet_b{index}" for index in range(8)), 7),
    _efficientnet(_V2, ("efficientnet_v2_s",), 6),
    _efficientnet(_V2, ("efficientnet_v2_m",), 7),
    Family(title=_V2, names=("efficientnet_v2_l",), stages=_blocks(*[1] * 7), colors=HALF),
    Family(
        title="MobileNetV2 (Sandler et al. 2018)",
        names=("mobilenet_v2",),
        stages=_blocks(1, 2, 3, 4, 3, 3, 1),
    ),
    Family(
        title="MobileNetV3 (Howard et al. 2019)",
        names=("mobilenet_v3_small",),
        stages=_blocks(1, 2, 3, 2, 3),
    ),
    Family(
        title="MobileNetV3 (Howard et al. 2019)",
        names=("mobilenet_v3_large",),
        stages=_blocks(1, 2, 3, 4, 2, 3),
    ),
    Family(
        title="ShuffleNetV2 (Ma et al. 2018)",
        names=tuple(f"shufflenet_v2_{width}" for width in ("x0_5", "x1_0", "x1_5", "x2_0")),
        stages={
            "stem": ("conv1", "maxpool"),
            **_single_layers("stage2", "stage3", "stage4", "conv5"),
        },
        classifier=("fc.",),
    ),
    Family(
        title="RegNet (Radosavovic et al. 2020)",
        names=tuple(
            f"regnet_{letter}_{size}"
            for letter in "xy"
            for size in ["400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf", "128gf"]
            if (letter, size) != ("x", "128gf")
        ),
        stages={
            "stem": ("stem",),
            **{f"block{index}": (f"trunk_output.block{index}",) for index in range(1, 5)},
        },
        classifier=("fc.",),
    ),
    *(_vgg(name, lengths) for name, lengths in _VGG.items()),
    Family(
        title="ConvNeXt (Liu et al. 2022)",
        names=("convnext_tiny", "convnext_small", "convnext_base", "convnext_large"),
        stages=_PATCHES,
        end=("avgpool", "classifier.0", "classifier.1"),
        classifier=("classifier.2.",),
    ),
    Family(
        title="Swin transformer (Liu et al. 2021, 2022)",
        names=("swin_t", "swin_s", "swin_b", "swin_v2_t", "swin_v2_s", "swin_v2_b"),
        stages=_PATCHES,
        average=("+channels_first", "+average"),
        end=("norm", "+channels_first", "+average"),
        classifier=("head.",),
    ),
    _vit(("vit_b_32", "vit_b_16"), 12),
    _vit(("vit_l_32", "vit_l_16"), 24),
    _vit(("vit_h_14",), 32),
    Family(
        title="MaxViT (Tu et al. 2022)",
        names=("maxvit_t",),
        stages={"stem": ("stem",), **{f"block{i + 1}": (f"blocks.{i}",) for i in range(4)}},
        end=tuple(f"classifier.{index}" for index in range(5)),
        classifier=("classifier.5.",),
        size=224,
    ),
    Family(
        title="3D residual network (Tran et al. 2018)",
        names=("mc3_18", "r2plus1d_18", "r3d_18"),
        stages={"stem": ("stem",), **_LAYERS},
        average=("+average_3d",),
        end=("+average_3d",),
        classifier=("fc.",),
        level="volume",
        pretrained="kinetics",
        colors=KINETICS,
    ),
    Family(
        title="3D Swin transformer (Liu et al. 2022)",
        names=("swin3d_t", "swin3d_s", "swin3d_b"),
        stages={"stem": ("patch_embed", "pos_drop"), **_layer_ranges((1, 2, 2, 2), _FOUR[1:])},
        average=("+channels_first", "+average_3d"),
        end=("norm", "+channels_first", "+average_3d"),
        classifier=("head.",),
        level="volume",
        pretrained="kinetics",
    ),
)
