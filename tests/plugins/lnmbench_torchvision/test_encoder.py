from __future__ import annotations

import sys
import types

import numpy as np
import pytest
import torch
from lnmbench_torchvision import weights
from lnmbench_torchvision.builds import torchvision_models
from lnmbench_torchvision.encoder import TorchvisionEncoder
from lnmbench_torchvision.families import FAMILIES
from lnmbench_torchvision.family import Family
from lnmbench_torchvision.stages import make_outline, make_stages

from lnmbench import UserError
from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.records import Choice
from lnmbench.registry import Registry

REGISTRY = Registry()
MODELS = torchvision_models()
NETWORKS = {name: family for family in FAMILIES for name in family.names}
# within a family only the depth and width of stages differ
ENDS = list(dict.fromkeys(name for f in FAMILIES for name in (f.names[0], f.names[-1])))
SMALLEST = list({family.title: family.names[0] for family in reversed(FAMILIES)}.values())


def build(name: str = "resnet18", **parameters: object) -> TorchvisionEncoder:
    choice = Choice(name=name, parameters={"weights": "random", **parameters})
    made: TorchvisionEncoder = REGISTRY.encoders.build(choice)
    return made


def lazily(name: str, **parameters: object) -> TorchvisionEncoder:
    made: TorchvisionEncoder = REGISTRY.encoders.offer(name).factory(**parameters)
    return made


def images(family: Family, count: int = 2) -> torch.Tensor:
    size = family.size or 64
    shape = (count, 1, 3, size, size) if family.level == "volume" else (count, 1, size, size)
    return torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32))


def close(found: torch.Tensor, expected: torch.Tensor) -> None:
    """Compare to 1e-4 of the largest feature: of some random networks all are very small."""
    scale = float(expected.abs().max())
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4 * scale)


def test_every_name_is_torchvisions_and_no_network_is_listed_twice() -> None:
    known = {*MODELS.list_models(MODELS), *MODELS.list_models(MODELS.video)}
    assert set(NETWORKS) <= known
    assert len(NETWORKS) == sum(len(family.names) for family in FAMILIES)
    offered = {offer.name for offer in REGISTRY.encoders.offers()}
    assert set(NETWORKS) <= offered


@pytest.mark.parametrize("name", NETWORKS)
def test_colors_are_those_that_the_pretrained_network_has_seen(name: str) -> None:
    family = NETWORKS[name]
    preset = weights._weights(MODELS, name).transforms()
    assert family.colors == (tuple(preset.mean), tuple(preset.std))
    assert family.size in (None, preset.crop_size[0])


@pytest.mark.parametrize("name", SMALLEST)
def test_features_are_what_torchvisions_own_network_classifies(name: str) -> None:
    family = NETWORKS[name]
    slices, network = images(family), MODELS.get_model(name, weights=None).eval()
    preset = weights._weights(MODELS, name).transforms()
    shape = (3, *[1] * (slices.ndim - 2))
    mean, sd = (torch.tensor(values).view(shape) for values in (preset.mean, preset.std))
    seen: list[torch.Tensor] = []
    classifier = network.get_submodule(family.classifier[0].rstrip("."))
    classifier.register_forward_pre_hook(lambda _, given: seen.append(given[0].flatten(1)))
    stages = make_stages(network, family, [*family.stages][-1])
    with torch.inference_mode():
        network(((slices + 1) / 2 - mean) / sd)
        for child in stages:
            before, given = slices.clone(), slices
            slices = child(given)
            assert torch.equal(given, before), "a stage writes into maps that may be cached"
    close(slices, seen[0])


@pytest.mark.parametrize("name", ENDS)
def test_stages_chain_to_the_width_that_the_classifier_takes(name: str) -> None:
    family = NETWORKS[name]
    network = make_outline(name)
    prefix = family.classifier[0].rstrip(".")
    layers = network.get_submodule(prefix).modules()
    linear = next(layer for layer in layers if isinstance(layer, torch.nn.Linear))
    stages = make_stages(network, family, [*family.stages][-1]).to("meta")
    with torch.inference_mode():
        made = stages(images(family).to("meta"))
    assert made.shape == (2, linear.in_features)


@pytest.mark.parametrize(
    ("cut", "dim"),
    [("stem", 64), ("layer1", 64), ("layer2", 128), ("layer3", 256), ("layer4", 512)],
)
def test_an_encoder_can_be_cut_at_any_stage(cut: str, dim: int) -> None:
    encoder = build(cut=cut)
    names = [name for name, _ in encoder.stages().named_children()]
    assert names[:2] == ["to_rgb", "stem"]
    assert names[-2:] == [cut, "pool"]
    assert encoder.out_dim == dim


@pytest.mark.parametrize("name", SMALLEST)
def test_every_cut_gives_vectors(name: str) -> None:
    family, network = NETWORKS[name], make_outline(name)
    cuts = [*family.stages]
    for cut in cuts[:-1] if len(cuts) < 12 else (cuts[0], cuts[5]):
        stages = make_stages(network, family, cut).to("meta")
        assert [name for name, _ in stages.named_children()][-2:] == [cut, "pool"]
        with torch.inference_mode():
            assert stages(images(family).to("meta")).ndim == 2


@pytest.mark.parametrize(
    ("name", "cut", "path", "averaged"),
    [
        ("densenet121", "transition2", "features.transition2", (2, 3)),
        ("efficientnet_b0", "blocks3", "features.3", (2, 3)),
        ("mobilenet_v3_small", "blocks2", "features.3", (2, 3)),
        ("swin_t", "stage2", "features.3", (1, 2)),
        ("convnext_tiny", "stage3", "features.5", (2, 3)),
        ("swin3d_t", "stage1", "features.0", (1, 2, 3)),
    ],
)
def test_an_earlier_cut_averages_the_maps_of_that_stage(
    name: str, cut: str, path: str, averaged: tuple[int, ...]
) -> None:
    seen: list[torch.Tensor] = []
    network = MODELS.get_model(name, weights=None).eval()
    network.get_submodule(path).register_forward_hook(lambda *given: seen.append(given[2]))
    stages, slices = make_stages(network, NETWORKS[name], cut), images(NETWORKS[name])
    with torch.inference_mode():
        network(stages.to_rgb(slices))
        close(stages(slices), seen[0].mean(averaged))


def test_a_cut_that_is_not_there() -> None:
    with pytest.raises(UserError, match="wrong value for cut.*stem | layer1"):
        build(cut="layer9")


@pytest.mark.parametrize("name", ["resnet18", "swin_t", "shufflenet_v2_x0_5", "maxvit_t"])
def test_slices_of_any_size(name: str) -> None:
    encoder = build(name)
    for size in (32, 33, 70):
        with torch.inference_mode():
            made = encoder.stages()(torch.zeros(1, 1, size, size + 1))
        assert made.shape == (1, encoder.out_dim)


@pytest.mark.parametrize("name", ["mc3_18", "r3d_18", "r2plus1d_18", "swin3d_t"])
def test_volumes_of_any_number_of_slices(name: str) -> None:
    encoder = build(name)
    assert encoder.level == "volume"
    for slices in (1, 2, 5):
        with torch.inference_mode():
            made = encoder.stages()(torch.zeros(1, 1, slices, 32, 32))
        assert made.shape == (1, encoder.out_dim)


@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x0_5", "swin_t"])
def test_the_frozen_encoder_gives_what_torch_gives(name: str) -> None:
    """Folded batch normalization and another order of memory change rounding only."""
    stages = build(name).stages()
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


def test_random_weights_come_from_the_seed_alone() -> None:
    torch.manual_seed(1)
    first, state = build(seed=3), torch.get_rng_state()
    torch.manual_seed(2)
    assert build(seed=3).weights == first.weights
    assert build(seed=4).weights.sha256 != first.weights.sha256
    assert (torch.get_rng_state() != state).any(), "the seed of the process was touched"
    assert "not pretrained" in first.weights.note


def test_nothing_is_built_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def build_it(*given: object) -> None:
        raise AssertionError("two gigabytes of weights were made")

    monkeypatch.setattr(weights, "_random", build_it)
    encoder = lazily("vit_h_14", weights="random")
    assert encoder.out_dim == 1280
    assert encoder.level == "slice"


@pytest.mark.parametrize("asked", ["out_dim", "weights", "stages"])
def test_builds_that_do_not_belong_together(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = types.ModuleType("torchvision")

    def missing(name: str) -> None:
        raise RuntimeError("operator torchvision::nms does not exist")

    broken.__getattr__ = missing  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "torchvision", broken)
    encoder = lazily("swin_t", weights="random")
    with pytest.raises(UserError, match="do not belong together.*pip install --upgrade"):
        _ = encoder.stages() if asked == "stages" else getattr(encoder, asked)
