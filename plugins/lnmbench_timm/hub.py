"""Files of pretrained weights, from the caches of the hub and of torch, or downloaded."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlparse

from lnmbench.nets.encoder.weight_download import download_weights

SECONDS_TO_CONNECT = 4.0
SECONDS_TO_DOWNLOAD = 600.0
FILES = ("model.safetensors", "pytorch_model.bin")


def find_weights(pretrained: Any) -> Path:
    """Return the weight file that timm's description (`PretrainedCfg`) names.

    A cached file needs no network. Raises `OSError` if the file is not available, within a few
    seconds if the host cannot be reached.
    """
    if pretrained is None or not (pretrained.hf_hub_id or pretrained.url):
        raise OSError("do not exist for it")
    return _from_hub(pretrained.hf_hub_id) if pretrained.hf_hub_id else _from_url(pretrained.url)


def _from_hub(repository: str) -> Path:
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
            return _download(hub.hf_hub_download, repository, name)
        except (
            Exception
        ) as error:  # the error of a broken connection depends on the version of the hub
            absent = isinstance(error, EntryNotFoundError)
            if not absent or isinstance(error, LocalEntryNotFoundError):
                raise OSError(f"could not be downloaded: {error}") from error
    raise OSError(f"are not in {repository} of the hub")


def _download(download: Callable[[str, str], str], repository: str, name: str) -> Path:
    """Return the path of a downloaded file.

    The hub's client limits the time of each read, but not of the file, so it runs in a thread that
    is left behind when the time is over. Raises `OSError` then.
    """
    done: Queue[Path | Exception] = Queue()

    def run() -> None:
        try:
            done.put(Path(download(repository, name)))
        except Exception as error:  # raised below
            done.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        result = done.get(timeout=SECONDS_TO_DOWNLOAD)
    except Empty:
        raise TimeoutError(f"not complete within {SECONDS_TO_DOWNLOAD:g} s") from None
    if isinstance(result, Exception):
        raise result
    return result


def _from_url(url: str) -> Path:
    import torch

    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(url).path).name
    if not path.is_file():
        _require_reachable(url)
        download_weights(url, path, seconds=SECONDS_TO_DOWNLOAD)
    return path


def _require_reachable(url: str) -> None:
    # the client of the hub retries for up to a minute
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
