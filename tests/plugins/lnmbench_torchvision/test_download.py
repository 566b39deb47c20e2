from __future__ import annotations

from pathlib import Path

import pytest
import torch
from lnmbench_torchvision import download as module
from lnmbench_torchvision.download import cached_path, download


def test_the_checksum_in_the_name_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr(module, "download_weights", lambda *args, **named: calls.append(named))
    download("https://host/resnet18-f37072fd.pth", tmp_path / "resnet18-f37072fd.pth")
    assert calls == [{"sha256": "f37072fd"}]


def test_a_file_is_saved_where_torch_looks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    assert cached_path("https://host/net.pth?raw") == tmp_path / "checkpoints" / "net.pth"
