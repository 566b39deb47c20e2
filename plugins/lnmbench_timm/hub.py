"""Files of pretrained weights: from the caches of the hub and of torch, else fetched."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

SECONDS_TO_CONNECT = 4.0
FILES = ("model.safetensors", "pytorch_model.bin")


def fetched(pretrained: Any) -> Path:
    """Return the file of weights that timm's record of them (`PretrainedCfg`) names.

    What is in a cache is taken from there, without the network. Raises `OSError` where it cannot
    be had; a host that cannot be reached is given up after a few seconds.
    """
    if pretrained is None or not (pretrained.hf_hub_id or pretrained.url):
        raise OSError("do not exist for it")
    return _of_hub(pretrained.hf_hub_id) if pretrained.hf_hub_id else _of_address(pretrained.url)


def _of_hub(repository: str) -> Path:
    import huggingface_hub as hub
    from huggingface_hub import constants
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    for name in FILES:
        cached = hub.try_to_load_from_cache(repository, name)
        if isinstance(cached, str):
            return Path(cached)
    if constants.HF_HUB_OFFLINE:
        raise OSError("are not on this machine, and HF_HUB_OFFLINE is set")
    _require_reachable(constants.ENDPOINT)
    for name in FILES:
        try:
            return Path(hub.hf_hub_download(repository, name))
        except Exception as error:  # what a broken connection raises depends on the hub's version
            absent = isinstance(error, EntryNotFoundError)
            if not absent or isinstance(error, LocalEntryNotFoundError):
                raise OSError(f"could not be fetched: {error}") from error
    raise OSError(f"are not in {repository} of the hub")


def _of_address(url: str) -> Path:
    import torch

    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(url).path).name
    if not path.is_file():
        _require_reachable(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(url, str(path), progress=False)
    return path


def _require_reachable(url: str) -> None:
    # the hub's own client tries again and again for the better part of a minute
    request = urllib.request.Request(url, method="HEAD")
    try:
        urllib.request.urlopen(request, timeout=SECONDS_TO_CONNECT).close()
    except urllib.error.HTTPError:
        return
    except OSError as error:
        reason = getattr(error, "reason", error)
        host = urlparse(url).netloc
        message = f"are not on this machine, and {host} cannot be reached ({reason})"
        raise OSError(message) from error
