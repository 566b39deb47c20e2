from __future__ import annotations

from dataclasses import replace

import pytest
from lnmbench_foundation.encoder import FoundationEncoder, fmcib, medicalnet
from lnmbench_foundation.models import CTFM, FMCIB, SUPREM, FoundationModel
from lnmbench_foundation.resnet import ResNet3d, ResNetPlan
from lnmbench_foundation.segmentation import SegResEncoder, UNetEncoder

from lnmbench import UserError
from lnmbench.contracts import OwnGrid
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.testing import check_contract

PLAN = ResNetPlan(block="bottleneck", blocks=(1, 1, 1, 1), width=2)


@pytest.mark.parametrize(
    ("model", "stages"),
    [
        (
            replace(FMCIB, make=lambda: ResNet3d(PLAN), out_dim=64),
            "stem layer1 layer2 layer3 layer4 pool",
        ),
        (
            replace(CTFM, make=lambda: SegResEncoder(width=2, blocks=(1, 1)), out_dim=4),
            "stem level1 level2 pool",
        ),
        (
            replace(SUPREM, make=lambda: UNetEncoder(width=2), out_dim=32),
            "down_tr64 down_tr128 down_tr256 down_tr512 pool",
        ),
    ],
)
def test_the_contract(model: FoundationModel, stages: str) -> None:
    small = replace(model, grid=replace(model.grid, size=(24, 24, 16)))
    encoder = FoundationEncoder(small, "random", 0)
    check_contract("encoder", encoder)
    assert [name for name, _ in encoder.stages().named_children()] == stages.split()


def test_encoders_declare_their_grid_before_weights_are_read() -> None:
    registry = Registry()
    for name in ("fmcib", "ctfm", "merlin", "suprem", "medicalnet"):
        encoder = registry.encoders.build(Choice(name=name, parameters={"weights": "none.pth"}))
        assert isinstance(encoder, OwnGrid)
        assert encoder.level == "volume"
        with pytest.raises(UserError, match="no such file of weights"):
            encoder.weights  # noqa: B018
    assert fmcib("none.pth").grid.clip is False


def test_an_unknown_depth_is_refused() -> None:
    with pytest.raises(UserError, match="wrong depth of medicalnet: expected 10, 18.*got 20"):
        medicalnet("random", depth=20)
