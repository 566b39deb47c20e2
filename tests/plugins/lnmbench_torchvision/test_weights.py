from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from lnmbench_torchvision import fetching, weights
from lnmbench_torchvision.builds import torchvision_models
from lnmbench_torchvision.encoder import TorchvisionEncoder
from lnmbench_torchvision.families import FAMILIES
from lnmbench_torchvision.stages import make_outline
from safetensors.torch import save_file

from lnmbench import UserError
from lnmbench.records import Choice
from lnmbench.registry import Registry

REGISTRY = Registry()
MODELS = torchvision_models()
SMALL = "shufflenet_v2_x0_5"
State = dict[str, torch.Tensor]


def build(name: str = SMALL, **parameters: object) -> TorchvisionEncoder:
    made: TorchvisionEncoder = REGISTRY.encoders.build(Choice(name=name, parameters=parameters))
    _ = made.weights
    return made


def state_of(name: str = SMALL) -> State:
    return dict(MODELS.get_model(name, weights=None).state_dict())


def same(encoder: TorchvisionEncoder, state: State) -> bool:
    return torch.equal(encoder.stages().stem[0][0].weight, state["conv1.0.weight"])


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where torch keeps fetched weights, empty."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    return tmp_path / "checkpoints"


@pytest.mark.parametrize("name", ["mine.pth", "mine.safetensors"])
def test_weights_from_a_file(name: str, tmp_path: Path) -> None:
    state = state_of()
    save = save_file if name.endswith("safetensors") else torch.save
    save(state, tmp_path / name)
    encoder = build(weights=str(tmp_path / name))
    assert same(encoder, state)
    assert encoder.weights.source == f"file:{name}"
    assert str(tmp_path) not in encoder.weights.note
    (tmp_path / "again").mkdir()
    save({**state, "fc.weight": torch.zeros(1000, 1024)}, tmp_path / "again" / name)
    again = build(weights=str(tmp_path / "again" / name))
    assert again.weights.sha256 == encoder.weights.sha256, "the classifier is not used"


WRAPPED: dict[str, Callable[[State], object]] = {
    "as a trainer wraps it": lambda state: {
        "state_dict": {f"module.{key}": value for key, value in state.items()},
    },
    "without a classifier": lambda state: {k: v for k, v in state.items() if k[:3] != "fc."},
    "with two classes": lambda state: {
        **state,
        "fc.weight": torch.zeros(2, 1024),
        "fc.bias": torch.zeros(2),
    },
}


@pytest.mark.parametrize("wrapped", WRAPPED)
def test_files_of_weights_come_in_many_forms(wrapped: str, tmp_path: Path) -> None:
    state = state_of()
    torch.save(WRAPPED[wrapped](state), tmp_path / "mine.pth")
    assert same(build(weights=str(tmp_path / "mine.pth")), state)


def test_old_files_spell_names_in_their_way(tmp_path: Path) -> None:
    state = state_of("densenet121")
    old = {re.sub(r"(denselayer\d+\.\w+)([12])\.", r"\1.\2.", key): state[key] for key in state}
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    torch.save(old, tmp_path / "old.pth")
    encoder = build("densenet121", weights=str(tmp_path / "old.pth"))
    assert torch.equal(encoder.stages().stem[0].weight, state["features.conv0.weight"])
    (vit,) = (family for family in FAMILIES if "vit_b_32" in family.names)
    new = make_outline("vit_b_32").state_dict()
    mlp = r"\.mlp\.([03])\."
    for key in new:
        spelled = re.sub(mlp, lambda m: f".mlp.linear_{1 + int(m[1]) // 3}.", key)
        for pattern, replacement in vit.old_names:
            spelled = re.sub(pattern, replacement, spelled)
        assert spelled == key


WRONG: dict[str, tuple[Callable[[State], State], str]] = {
    "missing": (lambda state: {k: v for k, v in state.items() if "stage4" not in k}, "missing: st"),
    "unexpected": (lambda state: {**state, "decoder.weight": torch.zeros(1)}, "decoder.weight"),
    "wide": (lambda state: {**state, "conv1.0.weight": torch.zeros(32, 3, 3, 3)}, "conv1.0.weight"),
    "gray": (lambda state: {**state, "conv1.0.weight": torch.zeros(24, 1, 3, 3)}, "gray-scale"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_files_that_do_not_fit_are_refused(fault: str, tmp_path: Path) -> None:
    change, message = WRONG[fault]
    torch.save(change(state_of()), tmp_path / "mine.pth")
    with pytest.raises(UserError, match=f"do not fit {SMALL}.*{message}"):
        build(weights=str(tmp_path / "mine.pth"))


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("resnet18", "imagnet", r"auto \| imagenet \| random \| FILE, got 'imagnet', no such file"),
        ("resnet18", "kinetics", "resnet18 has no kinetics weights.*weights=imagenet"),
        ("r3d_18", "imagenet", r"r3d_18 has no imagenet weights.*Kinetics.*weights=kinetics"),
    ],
)
def test_weights_that_there_cannot_be(name: str, source: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        build(name, weights=source)


@pytest.mark.parametrize(("name", "source"), [(SMALL, "imagenet"), ("mc3_18", "kinetics")])
def test_pretrained_weights_from_disk(name: str, source: str, checkpoints: Path) -> None:
    file = MODELS.get_model_weights(name).DEFAULT.url.rpartition("/")[2]
    state = state_of(name)
    torch.save(state, checkpoints / file)
    for asked in (source, "auto"):
        encoder = build(name, weights=asked)
        assert encoder.weights.source == source
        first = next(encoder.stages().parameters())
        assert torch.equal(first, next(iter(state.values())))
        assert file in encoder.weights.note


def test_a_damaged_file_of_torchvision_says_how_to_mend_it(checkpoints: Path) -> None:
    file = MODELS.get_model_weights(SMALL).DEFAULT.url.rpartition("/")[2]
    (checkpoints / file).write_bytes(b"half of it")
    with pytest.raises(UserError, match="unreadable weights.*delete the file"):
        build(weights="auto")


def test_weights_of_large_images_are_not_taken() -> None:
    """The default of these networks is for images of 384 or 518 pixels, ours have 224."""
    for name in ("vit_h_14", "regnet_y_128gf"):
        assert weights._weights(MODELS, name).transforms().crop_size == [224]


def unreachable(url: str, path: Path) -> None:
    raise OSError("no route to host")


def test_weights_that_cannot_be_had_are_said(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "fetch", unreachable)
    assert "could not be fetched" in build(weights="auto").weights.note
    with pytest.raises(UserError, match=f"cannot be fetched.*{SMALL}:weights=random"):
        build(weights="imagenet")


def test_a_fetched_file_must_have_its_checksum(tmp_path: Path) -> None:
    source = tmp_path / "served.pth"
    source.write_bytes(b"something else")
    target = tmp_path / "cache" / "resnet18-f37072fd.pth"
    with pytest.raises(OSError, match="checksum"):
        fetching.fetch(source.as_uri(), target)
    assert list(target.parent.iterdir()) == []
