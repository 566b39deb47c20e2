"""Download of torchvision's weight files, with a time limit of one minute."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

SECONDS_TO_CONNECT = 4.0
SECONDS_TO_DOWNLOAD = 60.0


def cached_path(url: str) -> Path:
    """Return the path at which torch caches the file of a URL."""
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(url).path).name


def download(url: str, path: Path) -> None:
    """Download a file and verify the checksum in its name. Raises `OSError`."""
    try:
        _download(url, path)
    except http.client.HTTPException as error:
        raise OSError(str(error) or type(error).__name__) from error


def _download(url: str, path: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_DOWNLOAD
    temporary_path = path.with_name(f".{path.name}.{os.getpid()}.part")
    checksum = hashlib.sha256()
    try:
        with urllib.request.urlopen(url, timeout=SECONDS_TO_CONNECT) as reply:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary_path.open("wb") as stream:
                while block := reply.read(1 << 20):
                    if time.monotonic() > deadline:
                        raise OSError(f"not complete within {SECONDS_TO_DOWNLOAD:.0f} s")
                    checksum.update(block)
                    stream.write(block)
        if not checksum.hexdigest().startswith(path.stem.rpartition("-")[2]):
            raise OSError("its checksum does not match")
        temporary_path.replace(path)
    finally:
        temporary_path.unlink(missing_ok=True)
