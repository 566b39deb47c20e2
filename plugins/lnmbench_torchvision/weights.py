"""Weights of torchvision's networks: from disk, from the network within seconds, or random."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lnmbench import UserError, Weights
from lnmbench.nets.encoder.weight_files import digest, load_weights, read_weights
from lnmbench_torchvision.builds import torchvision_models
from lnmbench_torchvision.families import TAGS
from lnmbench_torchvision.family import Family
from lnmbench_torchvision.fetching import fetch, place_of
from lnmbench_torchvision.sources import NAMED, TITLES

if TYPE_CHECKING:
    from torch import nn


def load(name: str, family: Family, *, source: str, seed: int) -> tuple[nn.Module, Weights]:
    """Return the network in eval mode and where its weights come from.

    `source` is auto, imagenet (kinetics for volumes), random, or a file. Raises `UserError` for
    pretrained weights that cannot be had, for a file that does not fit the network, and for builds
    of torch and torchvision that do not belong together.
    """
    models = torchvision_models()
    if source not in NAMED:
        return _from_file(models, name, family, Path(source).expanduser(), seed)
    found = None if source == "random" else _pretrained(models, name, family, source)
    if found is not None:
        return _from_torchvision(models, name, family, found, seed)
    note = f"seeded random weights (seed {seed}), not pretrained"
    if source == "auto":
        title = TITLES[family.pretrained]
        note += f": {title} weights are not on this machine and could not be fetched"
    network = _random(models, name, seed)
    return network, Weights(source=f"random:{seed}", sha256=_digest(network, family), note=note)


def _random(models: Any, name: str, seed: int) -> nn.Module:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = models.get_model(name, weights=None)
    return network.eval()


def _from_file(
    models: Any, name: str, family: Family, path: Path, seed: int
) -> tuple[nn.Module, Weights]:
    network = _random(models, name, seed)
    _copy(network, name, family, path)
    made = _digest(network, family)
    note = f"weights from the file {path.name} (sha256 of its tensors {made[:12]}…)"
    return network, Weights(source=f"file:{path.name}", sha256=made, note=note)


def _from_torchvision(
    models: Any, name: str, family: Family, path: Path, seed: int
) -> tuple[nn.Module, Weights]:
    network = _random(models, name, seed)
    try:
        _copy(network, name, family, path)
    except UserError as error:
        raise UserError(
            f"unreadable weights of {name}",
            where=str(path),
            got=str(error)[:200],
            then="delete the file; it is fetched again",
        ) from error
    note = f"{TITLES[family.pretrained]} weights of torchvision ({path.name})"
    license = _weights(models, name).meta.get("license")
    note += f", under a license of their own: {license}" if license else ""
    made = _digest(network, family)
    return network, Weights(source=family.pretrained, sha256=made, note=note)


def _copy(network: nn.Module, name: str, family: Family, path: Path) -> None:
    state = read_weights(path, what=name)
    for pattern, replacement in family.old_names:
        state = {re.sub(pattern, replacement, key): value for key, value in state.items()}
    load_weights(network, state, what=name, ignoring=family.classifier)


def _pretrained(models: Any, name: str, family: Family, source: str) -> Path | None:
    url = str(_weights(models, name).url)
    path = place_of(url)
    if path.is_file():
        return path
    try:
        fetch(url, path)
    except OSError as error:
        if source == "auto":
            return None
        raise UserError(
            f"{TITLES[family.pretrained]} weights of {name} cannot be fetched",
            where=url,
            got=str(error)[:80],
            then=f"put the file at {path}, or use {name}:weights=random",
        ) from error
    return path


def _weights(models: Any, name: str) -> Any:
    offered = models.get_model_weights(name)
    return offered[TAGS[name]] if name in TAGS else offered.DEFAULT


def _digest(network: nn.Module, family: Family) -> str:
    """The sha256 of what an encoder may use: all but the classifier."""
    state = network.state_dict()
    return digest({k: v for k, v in state.items() if not k.startswith(family.classifier)})
