from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from lnmbench_timm.encoder import TimmNetwork

from lnmbench import UserError
from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.testing import check_contract

pytest.importorskip("timm", reason="pip install 'lnmbench[timm]'")
Build = Callable[..., TimmNetwork]
NAMES = (
    "resnet18",
    "mobilenetv3_small_050",
    "convnext_atto",
    "vit_tiny_patch16_224",
    "levit_128s",
    "eva02_tiny_patch14_224",
)


@pytest.mark.parametrize("name", NAMES)
def test_an_encoder_keeps_its_contract(name: str, build: Build) -> None:
    check_contract("encoder", build(name))


@pytest.mark.parametrize(
    ("name", "cut", "width"),
    [
        ("resnet18", "stem", 64),
        ("resnet18", "layer2", 128),
        ("convnext_atto", "stages.1", 80),
        ("vit_tiny_patch16_224", "blocks_5", 192),
    ],
)
def test_a_network_can_be_cut_early(name: str, cut: str, width: int, build: Build) -> None:
    encoder = build(name, cut=cut)
    check_contract("encoder", encoder)
    assert [child for child, _ in encoder.stages().named_children()][-2:] == [
        cut.replace(".", "_"),
        "pool",
    ]
    assert encoder.out_dim == width


def test_invalid_cuts_are_refused(build: Build) -> None:
    with pytest.raises(UserError, match="cannot be cut.*not a sequence of stages"):
        build("eva02_tiny_patch14_224", cut="blocks_3")
    with pytest.raises(UserError, match="no stage 'layer9'; did you mean layer"):
        build(cut="layer9")


def test_the_frozen_encoder_equals_torch(build: Build) -> None:
    stages = build("levit_128s").stages()
    generator = torch.Generator().manual_seed(0)
    slices = torch.rand(2, 1, 224, 224, generator=generator) * 2 - 1
    with torch.inference_mode():
        expected = stages(slices).numpy()
    features = FrozenEncoder(stages)(slices[:, 0].numpy())
    np.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-3)
