from __future__ import annotations

import sys
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from lnmbench_torchvision import weights

from lnmbench import UserError
from lnmbench.nets.encoding import FrozenEncoder
from lnmbench.records import Choice
from lnmbench.registry import Registry

REGISTRY = Registry()


def build(name: str = "resnet18", **parameters: object) -> object:
    choice = Choice(name=name, parameters={"weights": "random", **parameters})
    return REGISTRY.build("encoder", choice)


@pytest.mark.parametrize(
    ("cut", "width"),
    [("stem", 64), ("layer1", 64), ("layer2", 128), ("layer3", 256), ("layer4", 512)],
)
def test_an_encoder_can_be_cut_at_any_stage(cut: str, width: int) -> None:
    encoder = build(cut=cut)
    names = [name for name, _ in encoder.stages().named_children()]
    assert names[:2] == ["to_rgb", "stem"]
    assert names[-2:] == [cut, "pool"]
    assert encoder.out_dim == width


def test_a_cut_that_is_not_there() -> None:
    with pytest.raises(UserError, match="wrong value for cut.*stem | layer1"):
        build(cut="layer9")


def test_random_weights_come_from_the_seed_alone() -> None:
    torch.manual_seed(1)
    first, state = build(seed=3), torch.get_rng_state()
    torch.manual_seed(2)
    assert build(seed=3).weights == first.weights
    assert build(seed=4).weights.sha256 != first.weights.sha256
    assert (torch.get_rng_state() != state).any(), "the seed of the process was touched"
    assert "not pretrained" in first.weights.note


def test_the_frozen_encoder_gives_what_torch_gives() -> None:
    """Folded batch normalisation and another order of memory change rounding only."""
    stages = build().stages()
    for norm in (m for m in stages.modules() if isinstance(m, torch.nn.BatchNorm2d)):
        norm.running_mean.normal_(0, 0.1)
        norm.running_var.uniform_(0.5, 2)
    slices = np.random.default_rng(0).uniform(-1, 1, (19, 64, 64)).astype(np.float32)
    frozen = FrozenEncoder(stages)
    with torch.inference_mode():
        expected = stages(torch.from_numpy(slices)[:, None]).numpy()
    np.testing.assert_allclose(frozen(slices), expected, rtol=1e-3, atol=1e-3)
    assert frozen.encoded == 19


def test_imagenet_weights_from_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision import models

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    name = models.get_model_weights("resnet18").DEFAULT.url.rpartition("/")[2]
    (tmp_path / "checkpoints").mkdir()
    saved = models.get_model("resnet18", weights=None)
    torch.save(saved.state_dict(), tmp_path / "checkpoints" / name)
    for source in ("imagenet", "auto"):
        encoder = build(weights=source)
        assert encoder.weights.source == "imagenet"
        first = next(iter(saved.state_dict().values()))
        assert torch.equal(encoder.stages().stem[0].weight, first)


def unreachable(url: str, path: Path) -> None:
    raise OSError("no route to host")


def test_weights_that_cannot_be_had_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(weights, "_fetch", unreachable)
    assert "could not be fetched" in build(weights="auto").weights.note
    with pytest.raises(UserError, match="cannot be fetched.*resnet18:weights=random"):
        build(weights="imagenet")


def test_a_fetched_file_must_have_its_checksum(tmp_path: Path) -> None:
    source = tmp_path / "served.pth"
    source.write_bytes(b"something else")
    target = tmp_path / "cache" / "resnet18-f37072fd.pth"
    with pytest.raises(OSError, match="checksum"):
        weights._fetch(source.as_uri(), target)
    assert list(target.parent.iterdir()) == []


def test_builds_that_do_not_belong_together(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = types.ModuleType("torchvision")

    def missing(name: str) -> None:
        raise RuntimeError("operator torchvision::nms does not exist")

    broken.__getattr__ = missing  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "torchvision", broken)
    with pytest.raises(UserError, match="do not belong together.*pip install --upgrade"):
        build()
