from __future__ import annotations

import sys
import types
from collections.abc import Callable

import numpy as np
import pytest
import torch
from lnmbench_torchvision import register_encoders, weights
from lnmbench_torchvision.encoder import TorchvisionEncoder

from lnmbench import UserError
from lnmbench.nets.encoder.frozen import FrozenEncoder

BuildEncoder = Callable[..., TorchvisionEncoder]


@pytest.mark.parametrize(
    ("cut", "dim"),
    [("stem", 64), ("layer1", 64), ("layer2", 128), ("layer3", 256), ("layer4", 512)],
)
def test_an_encoder_can_be_cut_at_any_stage(
    cut: str, dim: int, build_encoder: BuildEncoder
) -> None:
    encoder = build_encoder(cut=cut)
    names = [name for name, _ in encoder.stages().named_children()]
    assert names[:2] == ["to_rgb", "stem"]
    assert names[-2:] == [cut, "pool"]
    assert encoder.out_dim == dim


def test_an_unknown_cut_is_refused(build_encoder: BuildEncoder) -> None:
    with pytest.raises(UserError, match="wrong value for cut.*stem | layer1"):
        build_encoder(cut="layer9")


@pytest.mark.parametrize("name", ["resnet18", "swin_t", "shufflenet_v2_x0_5", "maxvit_t"])
def test_slices_of_any_size(name: str, build_encoder: BuildEncoder) -> None:
    encoder = build_encoder(name)
    for size in (32, 33, 70):
        with torch.inference_mode():
            features = encoder.stages()(torch.zeros(1, 1, size, size + 1))
        assert features.shape == (1, encoder.out_dim)


@pytest.mark.parametrize("name", ["mc3_18", "r3d_18", "r2plus1d_18", "swin3d_t"])
def test_volumes_of_any_number_of_slices(name: str, build_encoder: BuildEncoder) -> None:
    encoder = build_encoder(name)
    assert encoder.level == "volume"
    for slices in (1, 2, 5):
        with torch.inference_mode():
            features = encoder.stages()(torch.zeros(1, 1, slices, 32, 32))
        assert features.shape == (1, encoder.out_dim)


@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x0_5", "swin_t"])
def test_the_frozen_encoder_equals_torch(name: str, build_encoder: BuildEncoder) -> None:
    """Folded batch normalization and another order of memory change rounding only."""
    stages = build_encoder(name).stages()
    random = torch.Generator().manual_seed(0)
    for norm in (m for m in stages.modules() if isinstance(m, torch.nn.BatchNorm2d)):
        norm.running_mean.normal_(0, 0.1, generator=random)
        norm.running_var.uniform_(0.5, 2, generator=random)
    slices = np.random.default_rng(0).uniform(-1, 1, (19, 64, 64)).astype(np.float32)
    frozen = FrozenEncoder(stages)
    with torch.inference_mode():
        expected = stages(torch.from_numpy(slices)[:, None]).numpy()
    np.testing.assert_allclose(frozen(slices), expected, rtol=1e-3, atol=1e-3)
    assert frozen.encoded_slices == 19


def test_random_weights_come_from_the_seed_alone(build_encoder: BuildEncoder) -> None:
    torch.manual_seed(1)
    first, state = build_encoder(seed=3), torch.get_rng_state()
    torch.manual_seed(2)
    assert build_encoder(seed=3).weights == first.weights
    assert build_encoder(seed=4).weights.sha256 != first.weights.sha256
    assert (torch.get_rng_state() != state).any(), "the seed of the process was changed"
    assert "not pretrained" in first.weights.note


def test_a_network_is_built_on_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("two gigabytes of weights were allocated")

    monkeypatch.setattr(weights, "_random_network", refuse)
    encoder = register_encoders()["vit_h_14"](weights="random")
    assert encoder.out_dim == 1280
    assert encoder.level == "slice"


@pytest.mark.parametrize("attribute", ["out_dim", "weights", "stages"])
def test_builds_that_do_not_match_are_refused(
    attribute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = types.ModuleType("torchvision")

    def missing(name: str) -> None:
        raise RuntimeError("operator torchvision::nms does not exist")

    broken.__getattr__ = missing  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "torchvision", broken)
    encoder = register_encoders()["swin_t"](weights="random")
    with pytest.raises(UserError, match="do not match.*pip install --upgrade"):
        _ = encoder.stages() if attribute == "stages" else getattr(encoder, attribute)


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("resnet18", "imagnet", r"auto \| imagenet \| random \| FILE, got 'imagnet', no such file"),
        ("resnet18", "kinetics", "resnet18 has no kinetics weights.*weights=imagenet"),
        ("r3d_18", "imagenet", r"r3d_18 has no imagenet weights.*Kinetics.*weights=kinetics"),
    ],
)
def test_weights_that_do_not_exist_are_refused(
    name: str, source: str, message: str, build_encoder: BuildEncoder
) -> None:
    with pytest.raises(UserError, match=message):
        build_encoder(name, weights=source)


def test_the_factory_documents_its_parameters() -> None:
    text = register_encoders()["r3d_18"].__doc__ or ""
    assert text.splitlines()[0] == "3D residual network (Tran et al. 2018)."
    assert "`kinetics` (torchvision's pretrained weights" in text
