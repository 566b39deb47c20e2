from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from lnmbench_torchvision.download import cached_path, download


def test_a_file_with_another_checksum_is_discarded(tmp_path: Path) -> None:
    source = tmp_path / "served.pth"
    source.write_bytes(b"something else")
    target = tmp_path / "cache" / "resnet18-f37072fd.pth"
    with pytest.raises(OSError, match="checksum"):
        download(source.as_uri(), target)
    assert list(target.parent.iterdir()) == []


def test_a_file_is_saved_where_torch_looks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    name = f"net-{hashlib.sha256(b'weights').hexdigest()[:8]}.pth"
    (tmp_path / name).write_bytes(b"weights")
    url = (tmp_path / name).as_uri()
    target = cached_path(url)
    assert target == tmp_path / "checkpoints" / name
    download(url, target)
    assert target.read_bytes() == b"weights"
    assert [path.name for path in target.parent.iterdir()] == [name]
