"""Files of torchvision's weights in the cache of torch."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlparse

from lnmbench.nets.encoder.weight_download import download_weights


def cached_path(url: str) -> Path:
    """Return the path at which torch caches the file of a URL."""
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(url).path).name


def download(url: str, path: Path) -> None:
    """Download a file and verify the checksum in its name. Raises `OSError`."""
    download_weights(url, path, sha256=path.stem.rpartition("-")[2])
