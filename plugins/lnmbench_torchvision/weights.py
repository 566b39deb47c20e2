"""Weights of torchvision's networks: from disk, from the network within seconds, or random."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from lnmbench import UserError, Weights

if TYPE_CHECKING:
    from torch import nn

SECONDS_TO_CONNECT = 4.0
SECONDS_TO_FETCH = 60.0
PAIRING = "pip install --upgrade --force-reinstall torch torchvision"


def load(architecture: str, *, source: str, seed: int) -> tuple[nn.Module, Weights]:
    """Return the network in eval mode and where its weights come from.

    Raises `UserError` for `imagenet` where the weights cannot be had, and for builds of torch and
    torchvision that do not belong together.
    """
    models = _torchvision_models()
    found = None if source == "random" else _imagenet(models, architecture, source)
    if found is not None:
        return _from_file(models, architecture, found)
    note = f"seeded random weights (seed {seed}), not pretrained"
    if source == "auto":
        note += ": ImageNet weights are not on this machine and could not be fetched"
    model = _random(models, architecture, seed)
    return model, Weights(source=f"random:{seed}", sha256=_digest(model), note=note)


def _torchvision_models() -> Any:
    try:
        from torchvision import models
    except (RuntimeError, ImportError, OSError) as error:
        raise UserError(
            "torch and torchvision do not belong together",
            expected="a matching pair of builds",
            got=str(error)[:100],
            then=f"{PAIRING} lets pip choose one",
        ) from error
    return models


def _random(models: Any, architecture: str, seed: int) -> nn.Module:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: nn.Module = models.get_model(architecture, weights=None)
    return model.eval()


def _from_file(models: Any, architecture: str, path: Path) -> tuple[nn.Module, Weights]:
    import torch

    model: nn.Module = models.get_model(architecture, weights=None)
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # a damaged file makes torch raise almost anything
        raise UserError(
            f"unreadable weights of {architecture}",
            where=str(path),
            got=f"{type(error).__name__}: {error}"[:100],
            then="delete the file; it is fetched again",
        ) from error
    note = f"ImageNet weights of torchvision ({path.name})"
    return model.eval(), Weights(source="imagenet", sha256=_digest(model), note=note)


def _imagenet(models: Any, architecture: str, source: str) -> Path | None:
    import torch

    url = models.get_model_weights(architecture).DEFAULT.url
    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(url).path).name
    if path.is_file():
        return path
    try:
        _fetch(url, path)
    except (OSError, http.client.HTTPException) as error:
        if source == "auto":
            return None
        raise UserError(
            f"ImageNet weights of {architecture} cannot be fetched",
            where=url,
            got=str(error)[:80],
            then=f"put the file at {path}, or use {architecture}:weights=random",
        ) from error
    return path


def _fetch(url: str, path: Path) -> None:
    """Fetch a file whole, checked against the checksum in its name, or raise `OSError`."""
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


def _digest(model: nn.Module) -> str:
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(name.encode() + tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()
