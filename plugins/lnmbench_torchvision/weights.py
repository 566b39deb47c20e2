"""Weights of torchvision's networks: from disk, downloaded, or random."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lnmbench import UserError, Weights
from lnmbench.nets.encoder.weight_files import digest, load_weights, read_weights
from lnmbench_torchvision.download import cached_path, download
from lnmbench_torchvision.families import PRETRAINED_TITLES, TAGS, WEIGHT_SOURCES, Family
from lnmbench_torchvision.stages import import_models

if TYPE_CHECKING:
    from torch import nn


def load(name: str, family: Family, *, source: str, seed: int) -> tuple[nn.Module, Weights]:
    """Return the network in eval mode and the source of its weights.

    Raises `UserError` for pretrained weights that are not available, for a file that does not fit
    the network, and for builds of torch and torchvision that do not match.

    Parameters
    ----------
    name
        torchvision's name of the network.
    family
        Structure of the network.
    source
        `auto`, `imagenet`, `kinetics`, `random`, or a file.
    seed
        Seed of random weights.
    """
    models = import_models()
    if source not in WEIGHT_SOURCES:
        return _from_file(models, name, family, Path(source).expanduser(), seed)
    path = None if source == "random" else _find_pretrained(models, name, family, source)
    if path is not None:
        return _from_torchvision(models, name, family, path, seed)
    note = f"seeded random weights (seed {seed}), not pretrained"
    if source == "auto":
        title = PRETRAINED_TITLES[family.pretrained]
        note += f": {title} weights are not on this machine and could not be downloaded"
    network = _random_network(models, name, seed)
    return network, Weights(
        source=f"random:{seed}", sha256=_encoder_digest(network, family), note=note
    )


def _random_network(models: Any, name: str, seed: int) -> nn.Module:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = models.get_model(name, weights=None)
    return network.eval()


def _from_file(
    models: Any, name: str, family: Family, path: Path, seed: int
) -> tuple[nn.Module, Weights]:
    network = _random_network(models, name, seed)
    _copy_weights(network, name, family, path)
    sha256 = _encoder_digest(network, family)
    note = f"weights from the file {path.name} (sha256 of its tensors {sha256[:12]}…)"
    return network, Weights(source=f"file:{path.name}", sha256=sha256, note=note)


def _from_torchvision(
    models: Any, name: str, family: Family, path: Path, seed: int
) -> tuple[nn.Module, Weights]:
    network = _random_network(models, name, seed)
    try:
        _copy_weights(network, name, family, path)
    except UserError as error:
        raise UserError(
            f"unreadable weights of {name}",
            where=str(path),
            got=str(error)[:200],
            then="delete the file to download it again",
        ) from error
    note = f"{PRETRAINED_TITLES[family.pretrained]} weights of torchvision ({path.name})"
    license = default_weights(models, name).meta.get("license")
    note += f", with their own license: {license}" if license else ""
    sha256 = _encoder_digest(network, family)
    return network, Weights(source=family.pretrained, sha256=sha256, note=note)


def _copy_weights(network: nn.Module, name: str, family: Family, path: Path) -> None:
    state = read_weights(path, what=name)
    for pattern, replacement in family.old_names:
        state = {re.sub(pattern, replacement, key): value for key, value in state.items()}
    load_weights(network, state, what=name, ignoring=family.classifier)


def _find_pretrained(models: Any, name: str, family: Family, source: str) -> Path | None:
    url = str(default_weights(models, name).url)
    path = cached_path(url)
    if path.is_file():
        return path
    try:
        download(url, path)
    except OSError as error:
        if source == "auto":
            return None
        raise UserError(
            f"{PRETRAINED_TITLES[family.pretrained]} weights of {name} cannot be downloaded",
            where=url,
            got=str(error)[:80],
            then=f"save the file as {path}, or use {name}:weights=random",
        ) from error
    return path


def default_weights(models: Any, name: str) -> Any:
    """Return the weights of a network: those in `TAGS`, else the default of torchvision."""
    offered = models.get_model_weights(name)
    return offered[TAGS[name]] if name in TAGS else offered.DEFAULT


def _encoder_digest(network: nn.Module, family: Family) -> str:
    """Return the sha256 of all weights except those of the classifier."""
    state = network.state_dict()
    return digest({k: v for k, v in state.items() if not k.startswith(family.classifier)})
