from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from lnmbench_timm.encoder import timm_network

from lnmbench import UserError

timm = pytest.importorskip("timm", reason="pip install 'lnmbench[timm]'")


def test_random_weights_come_from_the_seed_alone() -> None:
    name = "mobilenetv3_small_050"
    torch.manual_seed(1)
    first, state = timm_network(name, weights="random", seed=3).weights, torch.get_rng_state()
    torch.manual_seed(2)
    assert timm_network(name, weights="random", seed=3).weights == first
    assert timm_network(name, weights="random", seed=4).weights.sha256 != first.sha256
    assert not torch.equal(torch.get_rng_state(), state), "the seed of the process was changed"


@pytest.mark.usefixtures("empty_cache")
def test_auto_falls_back_to_random_weights_and_reports_it() -> None:
    weights = timm_network("resnet18", weights="auto").weights
    assert weights.source == "random:0"
    assert "not pretrained: timm's weights of resnet18 are not on this machine" in weights.note
    pretrained = {name.partition(".")[0] for name in timm.list_models(pretrained=True)}
    without = next(name for name in timm.list_models("resnet*") if name not in pretrained)
    with pytest.raises(UserError, match="do not exist"):
        timm_network(without, weights="imagenet")


def test_weights_from_a_file(tmp_path: Path, slices: torch.Tensor) -> None:
    """convnext's classifier is called head.fc, and head.norm is not part of it."""
    saved = timm.create_model("convnext_atto", num_classes=5)
    torch.save(saved.state_dict(), tmp_path / "mine.pth")
    encoder = timm_network("convnext_atto", weights=str(tmp_path / "mine.pth"))
    assert encoder.weights.source == "file:mine.pth"
    with torch.inference_mode():
        maps = saved.eval().forward_features(encoder.stages().to_rgb(slices))
        expected = saved.forward_head(maps, pre_logits=True)
        torch.testing.assert_close(encoder.stages()(slices), expected, rtol=0, atol=1e-4)
    state = saved.state_dict()
    del state["head.norm.weight"]
    torch.save(state, tmp_path / "less.pth")
    with pytest.raises(UserError, match=r"less\.pth.*1 missing: head.norm.weight$"):
        timm_network("convnext_atto", weights=str(tmp_path / "less.pth"))


def test_an_unknown_name_is_refused_with_suggestions() -> None:
    with pytest.raises(UserError, match="no network 'resnet18b'.*did you mean resnet18") as caught:
        timm_network("resnet18b", weights="random")
    assert len(str(caught.value)) < 300


def test_the_message_on_missing_timm_has_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(UserError, match=r"timm is missing; pip install 'lnmbench\[timm\]'"):
        timm_network("resnet18", weights="random")
