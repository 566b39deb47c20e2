from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from lnmbench_torchvision import weights
from lnmbench_torchvision.encoder import TorchvisionEncoder
from lnmbench_torchvision.families import FAMILIES
from lnmbench_torchvision.stages import import_models, make_outline
from safetensors.torch import save_file

from lnmbench import UserError

MODELS = import_models()
SMALL = "shufflenet_v2_x0_5"
State = dict[str, torch.Tensor]
Build = Callable[..., TorchvisionEncoder]


@pytest.fixture
def build(build_encoder: Callable[..., TorchvisionEncoder]) -> Build:
    """Build an encoder with its weights, of a small network by default."""

    def build_with_weights(name: str = SMALL, **parameters: object) -> TorchvisionEncoder:
        encoder = build_encoder(name, **parameters)
        _ = encoder.weights
        return encoder

    return build_with_weights


def state_of(name: str = SMALL) -> State:
    return dict(MODELS.get_model(name, weights=None).state_dict())


def has_weights(encoder: TorchvisionEncoder, state: State) -> bool:
    return torch.equal(encoder.stages().stem[0][0].weight, state["conv1.0.weight"])


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty folder in which torch caches downloaded weights."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    return tmp_path / "checkpoints"


@pytest.mark.parametrize("name", ["mine.pth", "mine.safetensors"])
def test_weights_from_a_file(name: str, tmp_path: Path, build: Build) -> None:
    state = state_of()
    save = save_file if name.endswith("safetensors") else torch.save
    save(state, tmp_path / name)
    encoder = build(weights=str(tmp_path / name))
    assert has_weights(encoder, state)
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
def test_files_of_weights_have_many_forms(wrapped: str, tmp_path: Path, build: Build) -> None:
    state = state_of()
    torch.save(WRAPPED[wrapped](state), tmp_path / "mine.pth")
    assert has_weights(build(weights=str(tmp_path / "mine.pth")), state)


def test_names_of_old_files_are_translated(tmp_path: Path, build: Build) -> None:
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
def test_files_that_do_not_fit_are_refused(fault: str, tmp_path: Path, build: Build) -> None:
    change, message = WRONG[fault]
    torch.save(change(state_of()), tmp_path / "mine.pth")
    with pytest.raises(UserError, match=f"do not fit {SMALL}.*{message}"):
        build(weights=str(tmp_path / "mine.pth"))


@pytest.mark.parametrize(("name", "source"), [(SMALL, "imagenet"), ("mc3_18", "kinetics")])
def test_pretrained_weights_from_disk(
    name: str, source: str, checkpoints: Path, build: Build
) -> None:
    file = MODELS.get_model_weights(name).DEFAULT.url.rpartition("/")[2]
    state = state_of(name)
    torch.save(state, checkpoints / file)
    for parameter in (source, "auto"):
        encoder = build(name, weights=parameter)
        assert encoder.weights.source == source
        first = next(encoder.stages().parameters())
        assert torch.equal(first, next(iter(state.values())))
        assert file in encoder.weights.note


def test_the_message_on_a_damaged_file_says_how_to_fix_it(checkpoints: Path, build: Build) -> None:
    file = MODELS.get_model_weights(SMALL).DEFAULT.url.rpartition("/")[2]
    (checkpoints / file).write_bytes(b"half of it")
    with pytest.raises(UserError, match="unreadable weights.*delete the file"):
        build(weights="auto")


def test_weights_of_large_images_are_not_used() -> None:
    """The default weights of these networks are for images of 384 or 518 pixels, not 224."""
    for name in ("vit_h_14", "regnet_y_128gf"):
        assert weights.default_weights(MODELS, name).transforms().crop_size == [224]


def unreachable(url: str, path: Path) -> None:
    raise OSError("no route to host")


def test_unavailable_weights_are_reported(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch, build: Build
) -> None:
    monkeypatch.setattr(weights, "download", unreachable)
    assert "could not be downloaded" in build(weights="auto").weights.note
    with pytest.raises(UserError, match=f"cannot be downloaded.*{SMALL}:weights=random"):
        build(weights="imagenet")
