"""Foundation models: their source, license, training data, grid and structure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmbench.records import EncoderGrid

if TYPE_CHECKING:
    from lnmbench_foundation.resnet import ResNet3d, ResNetPlan
    from lnmbench_foundation.segmentation import SegResEncoder, UNetEncoder

    Network = ResNet3d | SegResEncoder | UNetEncoder


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundationModel:
    """A published network without its weights.

    `prefixes` are those of the encoder's parameters in published files, the first one that occurs
    counts; parameters without it, and those that begin with one of `others`, are not part of the
    encoder. `pretrained_on` names data sets as `lnmbench list datasets` does.
    """

    name: str
    title: str
    source: str
    license: str
    pretrained_on: str
    grid: EncoderGrid
    out_dim: int
    make: Callable[[], Network]
    prefixes: tuple[str, ...]
    others: tuple[str, ...] = ()


def _fmcib() -> ResNet3d:
    from lnmbench_foundation.resnet import ResNet3d, ResNetPlan

    plan = ResNetPlan(block="bottleneck", blocks=(3, 4, 6, 3), width=128, shortcut_bias=True)
    return ResNet3d(plan)


def _ctfm() -> SegResEncoder:
    from lnmbench_foundation.segmentation import SegResEncoder

    return SegResEncoder()


def _merlin() -> ResNet3d:
    from lnmbench_foundation.resnet import ResNet3d, ResNetPlan

    plan = ResNetPlan(
        block="bottleneck",
        blocks=(3, 8, 36, 3),
        inputs=3,
        stem_kernel=(3, 7, 7),
        stem_stride=(1, 2, 2),
    )
    return ResNet3d(plan)


def _suprem() -> UNetEncoder:
    from lnmbench_foundation.segmentation import UNetEncoder

    return UNetEncoder()


FMCIB = FoundationModel(
    name="fmcib",
    title="FMCIB: wide 3D ResNet-50, self-supervised on lesions of CT (Pai et al. 2024)",
    source="https://zenodo.org/records/10528450 (model_weights.torch)",
    license="MIT",
    pretrained_on="deeplesion",
    grid=EncoderGrid(
        spacing_mm=(1, 1, 1),
        size=(50, 50, 50),
        window_hu=(-1024, 2048),
        intensity=(0, 1),
        clip=False,
    ),
    out_dim=4096,
    make=_fmcib,
    prefixes=("model.trunk.", "trunk.", ""),
)

CTFM = FoundationModel(
    name="ctfm",
    title="CT-FM: encoder of a SegResNet, self-supervised on 148,000 CTs (Pai et al. 2025)",
    source="https://huggingface.co/project-lighter/ct_fm_feature_extractor (model.safetensors)",
    license="Apache-2.0",
    pretrained_on="nsclc_radiomics, radiogenomics, lung3, tcga (CT of Imaging Data Commons 14)",
    grid=EncoderGrid(
        spacing_mm=(1, 1, 3),
        size=(128, 128, 24),
        window_hu=(-1024, 2048),
        intensity=(0, 1),
    ),
    out_dim=512,
    make=_ctfm,
    prefixes=("encoder.", "backbone.", ""),
    others=("up_layers.", "head"),
)

MERLIN = FoundationModel(
    name="merlin",
    title="Merlin: inflated ResNet-152 of abdominal CT and reports (Blankemeier et al. 2026)",
    source="https://huggingface.co/stanfordmimi/Merlin (i3_resnet_clinical_longformer_…_99.pt)",
    license="MIT",
    pretrained_on="merlin_abdominal_ct (Stanford)",
    grid=EncoderGrid(
        spacing_mm=(1.5, 1.5, 3),
        size=(224, 224, 160),
        window_hu=(-1000, 1000),
        intensity=(0, 1),
        orientation="SRA",
    ),
    out_dim=2048,
    make=_merlin,
    prefixes=("encode_image.i3_resnet.", "i3_resnet.", ""),
    others=("classifier.", "contrastive_head."),
)

SUPREM = FoundationModel(
    name="suprem",
    title="SuPreM: encoder of a U-Net that segments abdominal organs (Li et al. 2024)",
    source="https://huggingface.co/MrGiovanni/SuPreM (supervised_suprem_unet_2100.pth)",
    license="CC BY-NC-ND 4.0: no commercial use",
    pretrained_on="abdomenatlas",
    grid=EncoderGrid(
        spacing_mm=(1.5, 1.5, 1.5),
        size=(96, 96, 96),
        window_hu=(-175, 250),
        intensity=(0, 1),
        orientation="RAS",
    ),
    out_dim=512,
    make=_suprem,
    prefixes=("module.backbone.", "backbone.", ""),
    others=("up_tr", "out_tr"),
)

DEPTHS = (10, 18, 34, 50, 101, 152, 200)
"""Depths of the residual networks of MedicalNet."""
_BLOCKS = {
    10: (1, 1, 1, 1),
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
}


def medicalnet_plan(depth: int) -> ResNetPlan:
    """Return the structure of a network of MedicalNet: dilated, without strides in two layers."""
    from lnmbench_foundation.resnet import ResNetPlan

    return ResNetPlan(
        block="basic" if depth < 50 else "bottleneck",
        blocks=_BLOCKS[depth],
        strides=(1, 2, 1, 1),
        dilations=(1, 1, 2, 4),
        shortcut="zeros" if depth in (18, 34) else "projection",
    )


def medicalnet_model(depth: int) -> FoundationModel:
    """Return MedicalNet of a depth of `DEPTHS`."""

    def make() -> ResNet3d:
        from lnmbench_foundation.resnet import ResNet3d

        return ResNet3d(medicalnet_plan(depth))

    return FoundationModel(
        name="medicalnet",
        title="MedicalNet: 3D ResNet that segments organs in CT and MRI (Chen et al. 2019)",
        source=f"https://github.com/Tencent/MedicalNet (resnet_{depth}_23dataset.pth)",
        license="MIT",
        pretrained_on="23 public segmentation data sets that are not listed",
        grid=EncoderGrid(
            spacing_mm=(1, 1, 1), size=(50, 50, 50), window_hu=(-1000, 1000), intensity=(0, 1)
        ),
        out_dim=512 if depth < 50 else 2048,
        make=make,
        prefixes=("module.", ""),
        others=("conv_seg.",),
    )
