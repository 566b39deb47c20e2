from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from lnmbench_timm import hub
from lnmbench_timm.encoder import TimmNetwork, timm_network
from safetensors.torch import save_file

from lnmbench import UserError
from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.nets.encoder.weight_files import digest
from lnmbench.testing import check_contract

timm = pytest.importorskip("timm", reason="pip install 'lnmbench[timm]'")

BLOCKS = [f"blocks_{number}" for number in range(12)]
STAGES = {
    "resnet18": ["stem", "layer1", "layer2", "layer3", "layer4"],
    "mobilenetv3_small_050": ["stem", "blocks_0", "blocks_1", "blocks_3", "blocks_5"],
    "convnext_atto": ["stem", "stages_0", "stages_1", "stages_2", "stages_3"],
    "vit_tiny_patch16_224": ["stem", *BLOCKS, "norm"],
    "levit_128s": ["stem", "stages_0", "stages_1", "stages_2"],
    "eva02_tiny_patch14_224": ["body"],
}
NAMES = tuple(STAGES)


def build(name: str = "resnet18", **parameters: object) -> TimmNetwork:
    return timm_network(name, **{"weights": "random", **parameters})


def slices(*, size: int = 70) -> torch.Tensor:
    return torch.rand(2, 1, size, size, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.mark.parametrize("name", NAMES)
def test_the_stages_are_the_network(name: str) -> None:
    """levit keeps sums of its parameters in eval mode; eva02 hands positions past its blocks."""
    encoder = build(name, seed=1)
    stages = encoder.stages()
    torch.manual_seed(1)
    network = timm.create_model(name, num_classes=0).eval()
    with torch.inference_mode():
        images = stages.to_rgb(slices())
        maps = network.forward_features(images)
        expected = network.forward_head(maps, pre_logits=True)
        torch.testing.assert_close(stages(slices()), expected, rtol=0, atol=1e-4)
    names = [child for child, _ in stages.named_children()]
    assert names == ["to_rgb", *STAGES[name], *([] if "body" in names else ["pool"])]
    assert encoder.out_dim == expected.shape[1]
    assert encoder.weights.sha256 == digest(network.state_dict())


@pytest.mark.parametrize("name", NAMES)
def test_an_encoder_keeps_its_contract(name: str) -> None:
    check_contract("encoder", build(name))


@pytest.mark.parametrize("name", ["mobilenetv3_small_050", "vit_tiny_patch16_224"])
def test_what_stands_behind_a_cut_can_be_trained_alone(name: str) -> None:
    stages = build(name).stages()
    parts = dict(stages.named_children())
    of = {part: {id(p) for p in child.parameters()} for part, child in parts.items()}
    assert sum(map(len, of.values())) == len(list(stages.parameters())), "stages share parameters"
    stages(slices()).square().sum().backward()
    assert all(parameter.grad is not None for parameter in stages.parameters())


@pytest.mark.parametrize(
    ("name", "cut", "width"),
    [
        ("resnet18", "stem", 64),
        ("resnet18", "layer2", 128),
        ("convnext_atto", "stages.1", 80),
        ("vit_tiny_patch16_224", "blocks_5", 192),
    ],
)
def test_a_network_can_be_cut_early(name: str, cut: str, width: int) -> None:
    encoder = build(name, cut=cut)
    check_contract("encoder", encoder)
    assert [child for child, _ in encoder.stages().named_children()][-2:] == [
        cut.replace(".", "_"),
        "pool",
    ]
    assert encoder.out_dim == width


def test_tokens_are_averaged_without_the_class_token() -> None:
    stages = build("vit_tiny_patch16_224", cut="blocks_0").stages()
    with torch.inference_mode():
        tokens = stages[:-1](slices())
        torch.testing.assert_close(stages(slices()), tokens[:, 1:].mean(1))


def test_a_network_that_is_no_chain_is_not_cut() -> None:
    with pytest.raises(UserError, match="cannot be cut.*no plain chain"):
        build("eva02_tiny_patch14_224", cut="blocks_3")
    with pytest.raises(UserError, match="no stage 'layer9'; did you mean layer"):
        build(cut="layer9")


def test_the_frozen_encoder_gives_what_torch_gives() -> None:
    stages = build("levit_128s").stages()
    images = slices(size=224)[:, 0].numpy()
    with torch.inference_mode():
        expected = stages(slices(size=224)).numpy()
    np.testing.assert_allclose(FrozenEncoder(stages)(images), expected, rtol=1e-3, atol=1e-3)


def test_random_weights_come_from_the_seed_alone() -> None:
    torch.manual_seed(1)
    first, state = build(seed=3).weights, torch.get_rng_state()
    torch.manual_seed(2)
    assert build(seed=3).weights == first
    assert build(seed=4).weights.sha256 != first.sha256
    assert not torch.equal(torch.get_rng_state(), state), "the seed of the process was touched"


@pytest.fixture
def nothing_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty caches, and a network that cannot be reached."""
    huggingface = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(huggingface.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(huggingface.constants, "HF_HUB_OFFLINE", False)

    def unreachable(*args: object, **kwargs: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(hub.urllib.request, "urlopen", unreachable)
    monkeypatch.setattr(huggingface, "hf_hub_download", unreachable)
    return tmp_path


@pytest.mark.usefixtures("nothing_cached")
@pytest.mark.parametrize("name", ["resnet18.a1_in1k", "gcvit_xxtiny.in1k"])
def test_weights_that_cannot_be_had_are_said(name: str) -> None:
    with pytest.raises(UserError, match="cannot be reached .no route to host.; use weights=random"):
        build(name, weights="imagenet")


@pytest.mark.usefixtures("nothing_cached")
def test_auto_says_that_it_fell_back() -> None:
    made = build(weights="auto").weights
    assert made.source == "random:0"
    assert "not pretrained: timm's weights of resnet18 are not on this machine" in made.note
    with pytest.raises(UserError, match="do not exist"):
        build(_without(), weights="imagenet")


def _without() -> str:
    """The name of a network that timm has no weights of."""
    pretrained = {name.partition(".")[0] for name in timm.list_models(pretrained=True)}
    return next(name for name in timm.list_models("resnet*") if name not in pretrained)


def test_weights_from_the_cache_of_the_hub(nothing_cached: Path) -> None:
    """They carry the classifier, which is left out, and need no network."""
    saved = timm.create_model("resnet18")
    folder = nothing_cached / "models--timm--resnet18.a1_in1k"
    (folder / "snapshots" / "1a2b").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("1a2b")
    file = folder / "snapshots" / "1a2b" / "model.safetensors"
    save_file(saved.state_dict(), file)
    for source in ("imagenet", "auto"):
        made = build("resnet18.a1_in1k", weights=source)
        assert made.weights.source == "imagenet"
        assert "resnet18.a1_in1k, license apache-2.0" in made.weights.note
        body = {k: v for k, v in saved.state_dict().items() if not k.startswith("fc.")}
        assert made.weights.sha256 == digest(body)
    file.write_bytes(b"noise")
    with pytest.raises(UserError, match="unreadable weights.*delete the file"):
        build("resnet18.a1_in1k", weights="imagenet")


def test_a_repository_without_safetensors_has_a_pickle_of_tensors(
    nothing_cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    torch.save(timm.create_model("resnet18").state_dict(), nothing_cached / "pytorch_model.bin")

    def download(repository: str, name: str) -> str:
        if name.endswith("safetensors"):
            raise EntryNotFoundError("404")
        return str(nothing_cached / name)

    def broken(repository: str, name: str) -> str:
        raise LocalEntryNotFoundError("the connection broke")

    monkeypatch.setattr(hub, "_require_reachable", lambda url: None)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    assert build("resnet18.a1_in1k", weights="auto").weights.source == "imagenet"
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", broken)
    with pytest.raises(UserError, match="could not be fetched: the connection broke"):
        build("resnet18.a1_in1k", weights="imagenet")


def test_weights_from_a_file(tmp_path: Path) -> None:
    """convnext's classifier is called head.fc, and head.norm is not part of it."""
    saved = timm.create_model("convnext_atto", num_classes=5)
    torch.save(saved.state_dict(), tmp_path / "mine.pth")
    made = build("convnext_atto", weights=str(tmp_path / "mine.pth"))
    assert made.weights.source == "file:mine.pth"
    with torch.inference_mode():
        maps = saved.eval().forward_features(made.stages().to_rgb(slices()))
        expected = saved.forward_head(maps, pre_logits=True)
        torch.testing.assert_close(made.stages()(slices()), expected, rtol=0, atol=1e-4)
    state = saved.state_dict()
    del state["head.norm.weight"]
    torch.save(state, tmp_path / "less.pth")
    with pytest.raises(UserError, match=r"less\.pth.*1 missing: head.norm.weight$"):
        build("convnext_atto", weights=str(tmp_path / "less.pth"))


def test_a_name_that_timm_does_not_know() -> None:
    with pytest.raises(UserError, match="no network 'resnet18b'.*did you mean resnet18") as caught:
        build("resnet18b")
    assert len(str(caught.value)) < 300


def test_without_timm_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(UserError, match=r"timm is missing; pip install 'lnmbench\[timm\]'"):
        build()


def test_offering_it_loads_neither_torch_nor_timm() -> None:
    code = (
        "import sys, lnmbench_timm as p; p.register_encoders();"
        "assert not {'torch', 'timm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
