from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from lnmbench_torchvision import weights
from lnmbench_torchvision.families import FAMILIES, Family
from lnmbench_torchvision.stages import feature_width, import_models, make_stages

MODELS = import_models()
NETWORKS = {name: family for family in FAMILIES for name in family.names}
# within a family only the depth and width of stages differ
ENDS = list(dict.fromkeys(name for f in FAMILIES for name in (f.names[0], f.names[-1])))
SMALLEST = list({family.title: family.names[0] for family in reversed(FAMILIES)}.values())
Images = Callable[[Family], torch.Tensor]
Outline = Callable[[str], torch.nn.Module]


def assert_close(features: torch.Tensor, expected: torch.Tensor) -> None:
    """Compare to 1e-4 of the largest feature: some random networks have very small features."""
    scale = float(expected.abs().max())
    torch.testing.assert_close(features, expected, rtol=0, atol=1e-4 * scale)


@pytest.mark.parametrize("name", SMALLEST)
def test_features_are_the_input_of_torchvisions_classifier(name: str, images: Images) -> None:
    family = NETWORKS[name]
    maps, network = images(family), MODELS.get_model(name, weights=None).eval()
    preset = weights.default_weights(MODELS, name).transforms()
    shape = (3, *[1] * (maps.ndim - 2))
    mean, sd = (torch.tensor(values).view(shape) for values in (preset.mean, preset.std))
    inputs: list[torch.Tensor] = []
    classifier = network.get_submodule(family.classifier[0].rstrip("."))
    classifier.register_forward_pre_hook(lambda _, args: inputs.append(args[0].flatten(1)))
    stages = make_stages(network, family, [*family.stages][-1])
    with torch.inference_mode():
        network(((maps + 1) / 2 - mean) / sd)
        for child in stages:
            before, stage_input = maps.clone(), maps
            maps = child(stage_input)
            assert torch.equal(stage_input, before), "a stage writes into maps that may be cached"
    assert_close(maps, inputs[0])


@pytest.mark.parametrize("name", ENDS)
def test_stages_chain_to_the_width_of_the_classifier(
    name: str, images: Images, outline: Outline
) -> None:
    family = NETWORKS[name]
    network = outline(name)
    prefix = family.classifier[0].rstrip(".")
    layers = network.get_submodule(prefix).modules()
    linear = next(layer for layer in layers if isinstance(layer, torch.nn.Linear))
    stages = make_stages(network, family, [*family.stages][-1]).to("meta")
    with torch.inference_mode():
        features = stages(images(family).to("meta"))
    assert features.shape == (2, linear.in_features)


@pytest.mark.parametrize("name", SMALLEST)
def test_each_cut_gives_vectors(name: str, images: Images, outline: Outline) -> None:
    family, network = NETWORKS[name], outline(name)
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
    name: str, cut: str, path: str, averaged: tuple[int, ...], images: Images
) -> None:
    outputs: list[torch.Tensor] = []
    network = MODELS.get_model(name, weights=None).eval()
    network.get_submodule(path).register_forward_hook(lambda *args: outputs.append(args[2]))
    stages, slices = make_stages(network, NETWORKS[name], cut), images(NETWORKS[name])
    with torch.inference_mode():
        network(stages.to_rgb(slices))
        assert_close(stages(slices), outputs[0].mean(averaged))


def test_the_width_of_features_needs_no_memory_for_weights() -> None:
    assert feature_width("vit_h_14", NETWORKS["vit_h_14"], "encoder_layer_31") == 1280
    assert feature_width("r3d_18", NETWORKS["r3d_18"], "layer2") == 128
