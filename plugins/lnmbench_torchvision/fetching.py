"""Files that torchvision offers for download, fetched within a minute or not at all."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

SECONDS_TO_CONNECT = 4.0
SECONDS_TO_FETCH = 60.0


def place_of(url: str) -> Path:
    """Return where torch keeps the file of a URL."""
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(url).path).name


def fetch(url: str, path: Path) -> None:
    """Fetch a file whole, checked against the checksum in its name, or raise `OSError`."""
    try:
        _fetch(url, path)
    except http.client.HTTPException as error:
        raise OSError(str(error) or type(error).__name__) from error


def _fetch(url: str, path: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_FETCH
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(url, timeout=SECONDS_TO_CONNECT) as reply:
            path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as stream:
                while block := reply.read(1 << 20):
                    if time.monotonic() > deadline:
                        raise OSError(f"not here within {SECONDS_TO_FETCH:.0f} s")
                    digest.update(block)
                    stream.write(block)
        if not digest.hexdigest().startswith(path.stem.rpartition("-")[2]):
            raise OSError("its checksum is wrong")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
