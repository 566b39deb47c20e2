"""Files of weights as they are published, with made-up numbers in small networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from lnmbench_foundation.models import (
    CTFM,
    FMCIB,
    MERLIN,
    SUPREM,
    FoundationModel,
    medicalnet_model,
)
from lnmbench_foundation.resnet import ResNet3d, ResNetPlan
from lnmbench_foundation.segmentation import SegResEncoder, UNetEncoder
from lnmbench_foundation.weights import load, select_encoder
from safetensors.torch import save_file
from torch import Tensor, nn

from lnmbench import UserError
from lnmbench.nets.encoder.weight_files import digest

SMALL = ResNetPlan(block="basic", blocks=(1, 1, 1, 1), width=2)
MEDICALNET = replace(medicalnet_model(10), make=lambda: ResNet3d(SMALL))
MODELS: dict[str, FoundationModel] = {
    "fmcib": replace(FMCIB, make=lambda: ResNet3d(SMALL)),
    "ctfm": replace(CTFM, make=lambda: SegResEncoder(width=2, blocks=(1, 1))),
    "merlin": replace(MERLIN, make=lambda: ResNet3d(SMALL)),
    "suprem": replace(SUPREM, make=lambda: UNetEncoder(width=2)),
    "medicalnet": MEDICALNET,
}


def make_state(network: nn.Module) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(3)
    return {
        name: torch.rand(tensor.shape, generator=generator)
        if tensor.is_floating_point()
        else tensor
        for name, tensor in network.state_dict().items()
    }


def add_prefix(prefix: str, state: dict[str, Tensor], **others: Tensor) -> dict[str, Tensor]:
    return {**{f"{prefix}{name}": tensor for name, tensor in state.items()}, **others}


ONE = torch.ones(1)
PUBLISHED: dict[str, tuple[str, Callable[[dict[str, Tensor]], Any]]] = {
    "fmcib trunk": ("fmcib", lambda state: {"trunk_state_dict": state, "head_state_dict": {}}),
    "fmcib lighter": ("fmcib", lambda s: {"state_dict": add_prefix("model.trunk.", s)}),
    "ctfm extractor": ("ctfm", lambda state: state),
    "ctfm segresnet": (
        "ctfm",
        lambda state: add_prefix("encoder.", state, **{"up_layers.0.blocks.0.norm1.weight": ONE}),
    ),
    "merlin": (
        "merlin",
        lambda state: add_prefix(
            "encode_image.i3_resnet.",
            state,
            **{
                "logit_scale": ONE[0],
                "encode_image.i3_resnet.classifier.weight": ONE,
                "encode_image.i3_resnet.contrastive_head.bias": ONE,
                "encode_text.linear_layer.weight": ONE,
                "encode_text.text_encoder.embeddings.position_ids": torch.arange(3),
            },
        ),
    ),
    "merlin five years": ("merlin", lambda s: add_prefix("", s, **{"classifier.bias": ONE})),
    "suprem": (
        "suprem",
        lambda state: {
            "net": add_prefix(
                "module.backbone.",
                state,
                **{
                    "module.backbone.up_tr256.up_conv.weight": ONE,
                    "module.precls_conv.0.weight": ONE,
                    "module.organ_embedding": ONE,
                },
            ),
            "optimizer": {"state": {}, "param_groups": []},
            "epoch": 799,
        },
    ),
    "medicalnet": (
        "medicalnet",
        lambda state: {
            "state_dict": add_prefix("module.", state, **{"module.conv_seg.0.weight": ONE}),
            "epoch": 1,
        },
    ),
}


@pytest.mark.parametrize("layout", PUBLISHED)
def test_published_layouts_are_read(tmp_path: Path, layout: str) -> None:
    name, publish = PUBLISHED[layout]
    model = MODELS[name]
    state = make_state(model.make())
    torch.save(publish(state), tmp_path / "published.torch")
    network, weights = load(model, str(tmp_path / "published.torch"), seed=0)
    for key, tensor in network.state_dict().items():
        assert torch.equal(tensor, state[key]), key
    assert weights.source == "file:published.torch"
    assert weights.sha256 == digest(state)
    assert weights.pretrained_on == model.pretrained_on
    assert model.license in weights.note


def test_safetensors_are_read(tmp_path: Path) -> None:
    state = make_state(MODELS["ctfm"].make())
    save_file(state, tmp_path / "model.safetensors")
    network, _ = load(MODELS["ctfm"], str(tmp_path / "model.safetensors"), seed=0)
    assert torch.equal(network.state_dict()["conv_init.weight"], state["conv_init.weight"])


@pytest.mark.parametrize("name", MODELS)
def test_other_files_are_refused(tmp_path: Path, name: str) -> None:
    model, path = MODELS[name], tmp_path / "w.pt"
    state = make_state(model.make())
    first = next(iter(state))
    changes: dict[str, dict[str, Tensor]] = {
        "1 missing": {key: tensor for key, tensor in state.items() if key != first},
        "1 unexpected: extra.weight": {**state, "extra.weight": ONE},
        "1 of the wrong shape": {**state, first: torch.ones(5, 5, 5, 5, 5)},
        "1 not finite": {**state, first: state[first] * torch.nan},
    }
    for fault, changed in changes.items():
        torch.save(changed, path)
        with pytest.raises(UserError, match=rf"weights do not fit {name} \(w\.pt\).*{fault}"):
            load(model, str(path), seed=0)


@pytest.mark.parametrize("name", MODELS)
def test_a_missing_file_is_named_with_source_and_license(name: str) -> None:
    model = MODELS[name]
    with pytest.raises(UserError, match=f"no such file of weights of {name}") as error:
        load(model, "missing.pth", seed=0)
    assert model.source in str(error.value)
    assert model.license in str(error.value)
    with pytest.raises(UserError, match=f"unknown weights of {name}: expected random, or a file"):
        load(model, "auto", seed=0)


def test_random_weights_come_from_the_seed_and_have_no_training_data() -> None:
    model = MODELS["suprem"]
    first, again, other = (load(model, "random", seed=seed)[1] for seed in (1, 1, 2))
    assert first == again
    assert first.sha256 != other.sha256
    assert first.source == "random:1"
    assert first.pretrained_on == ""
    network = load(MODELS["fmcib"], "random", seed=0)[0]
    assert all(tensor.isfinite().all() for tensor in network.state_dict().values())


def test_parameters_of_other_parts_are_left_out() -> None:
    state = {"encoder.conv_init.weight": ONE, "up_layers.0.weight": ONE, "other": ONE}
    assert list(select_encoder(state, CTFM)) == ["conv_init.weight"]
    assert list(select_encoder({"a": ONE, "up_layers.0": ONE}, CTFM)) == ["a"]
