from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from lnmbench_timm.encoder import TimmNetwork, timm_network
from lnmbench_timm.stage_chain import make_chain

from lnmbench.nets.encoder.weight_files import digest

timm = pytest.importorskip("timm", reason="pip install 'lnmbench[timm]'")

Build = Callable[..., TimmNetwork]
BLOCKS = [f"blocks_{number}" for number in range(12)]
STAGES = {
    "resnet18": ["stem", "layer1", "layer2", "layer3", "layer4"],
    "mobilenetv3_small_050": ["stem", "blocks_0", "blocks_1", "blocks_3", "blocks_5"],
    "convnext_atto": ["stem", "stages_0", "stages_1", "stages_2", "stages_3"],
    "vit_tiny_patch16_224": ["stem", *BLOCKS, "norm"],
    "levit_128s": ["stem", "stages_0", "stages_1", "stages_2"],
    "eva02_tiny_patch14_224": ["body"],
}


@pytest.mark.parametrize("name", STAGES)
def test_the_stages_equal_the_network(name: str, build: Build, slices: torch.Tensor) -> None:
    """levit keeps sums of its parameters in eval mode; eva02 passes positions to its blocks."""
    encoder = build(name)
    stages = encoder.stages()
    torch.manual_seed(1)
    network = timm.create_model(name, num_classes=0).eval()
    with torch.inference_mode():
        images = stages.to_rgb(slices)
        maps = network.forward_features(images)
        expected = network.forward_head(maps, pre_logits=True)
        torch.testing.assert_close(stages(slices), expected, rtol=0, atol=1e-4)
    names = [child for child, _ in stages.named_children()]
    assert names == ["to_rgb", *STAGES[name], *([] if "body" in names else ["pool"])]
    assert encoder.out_dim == expected.shape[1]
    assert encoder.weights.sha256 == digest(network.state_dict())


@pytest.mark.parametrize("name", ["mobilenetv3_small_050", "vit_tiny_patch16_224"])
def test_stages_share_no_parameters_and_all_can_be_trained(name: str, slices: torch.Tensor) -> None:
    stages = timm_network(name, weights="random").stages()
    ids = [{id(p) for p in stage.parameters()} for stage in stages.children()]
    assert sum(map(len, ids)) == len(list(stages.parameters())), "stages share parameters"
    stages(slices).square().sum().backward()
    assert all(parameter.grad is not None for parameter in stages.parameters())


def test_tokens_are_averaged_without_the_class_token(build: Build, slices: torch.Tensor) -> None:
    stages = build("vit_tiny_patch16_224", cut="blocks_0").stages()
    with torch.inference_mode():
        tokens = stages[:-1](slices)
        torch.testing.assert_close(stages(slices), tokens[:, 1:].mean(1))


def test_the_division_leaves_the_parameters_unchanged() -> None:
    network = timm.create_model("mobilenetv3_small_050", num_classes=0)
    before = digest(network.state_dict())
    chain = make_chain(network)
    assert digest(network.state_dict()) == before
    assert chain.cuts["blocks_0"].width == 8
    assert [name for name, _ in chain.up_to("blocks_0").named_children()] == [
        "to_rgb",
        "stem",
        "blocks_0",
        "pool",
    ]
