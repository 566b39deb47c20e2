from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from lnmbench_timm import hub
from lnmbench_timm.encoder import TimmNetwork, timm_network
from safetensors.torch import save_file

from lnmbench import UserError
from lnmbench.nets.encoder.weight_files import digest

timm = pytest.importorskip("timm", reason="pip install 'lnmbench[timm]'")
Build = Callable[..., TimmNetwork]


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("name", ["resnet18.a1_in1k", "gcvit_xxtiny.in1k"])
def test_unavailable_weights_are_reported(name: str) -> None:
    with pytest.raises(UserError, match="cannot be reached .no route to host.; use weights=random"):
        timm_network(name, weights="imagenet")


def test_weights_from_the_cache_of_the_hub(empty_cache: Path) -> None:
    """They include the classifier, which is ignored, and need no network."""
    saved = timm.create_model("resnet18")
    folder = empty_cache / "models--timm--resnet18.a1_in1k"
    (folder / "snapshots" / "1a2b").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("1a2b")
    file = folder / "snapshots" / "1a2b" / "model.safetensors"
    save_file(saved.state_dict(), file)
    for source in ("imagenet", "auto"):
        encoder = timm_network("resnet18.a1_in1k", weights=source)
        assert encoder.weights.source == "imagenet"
        assert "resnet18.a1_in1k, license apache-2.0" in encoder.weights.note
        body = {k: v for k, v in saved.state_dict().items() if not k.startswith("fc.")}
        assert encoder.weights.sha256 == digest(body)
    file.write_bytes(b"noise")
    with pytest.raises(UserError, match="unreadable weights.*delete the file"):
        timm_network("resnet18.a1_in1k", weights="imagenet")


def test_a_repository_without_safetensors_has_a_pickle_of_tensors(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    torch.save(timm.create_model("resnet18").state_dict(), empty_cache / "pytorch_model.bin")

    def download(repository: str, name: str) -> str:
        if name.endswith("safetensors"):
            raise EntryNotFoundError("404")
        return str(empty_cache / name)

    def broken(repository: str, name: str) -> str:
        raise LocalEntryNotFoundError("the connection broke")

    monkeypatch.setattr(hub, "_require_reachable", lambda url: None)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    assert timm_network("resnet18.a1_in1k", weights="auto").weights.source == "imagenet"
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", broken)
    with pytest.raises(UserError, match="could not be downloaded: the connection broke"):
        timm_network("resnet18.a1_in1k", weights="imagenet")


def test_a_slow_hub_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    ended = threading.Event()

    def drip(repository: str, name: str) -> str:
        ended.wait(20)
        return name

    monkeypatch.setattr(hub, "_require_reachable", lambda url: None)
    monkeypatch.setattr(hub, "SECONDS_TO_DOWNLOAD", 0.1)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", drip)
    pretrained = SimpleNamespace(hf_hub_id="timm/none", url="")
    try:
        with pytest.raises(OSError, match=r"could not be downloaded: not complete within 0.1 s"):
            hub.find_weights(pretrained)
    finally:
        ended.set()


def test_weights_from_a_url_are_cached_by_torch(empty_cache: Path) -> None:
    (empty_cache / "checkpoints").mkdir()
    cached = empty_cache / "checkpoints" / "net.pth"
    cached.write_bytes(b"weights")
    url = "https://example.org/folder/net.pth"
    assert hub.find_weights(SimpleNamespace(hf_hub_id="", url=url)) == cached
    with pytest.raises(OSError, match="do not exist"):
        hub.find_weights(None)
