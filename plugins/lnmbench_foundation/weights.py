"""Weights of foundation models, from a file of the user; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import nn

from lnmbench import UserError, Weights
from lnmbench.nets.encoder.weight_files import (
    digest,
    load_weights,
    read_weights,
    resolve_weight_file,
)
from lnmbench_foundation.segmentation import SampleNorm

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench_foundation.models import FoundationModel, Network


def load(model: FoundationModel, weights: str, *, seed: int) -> tuple[Network, Weights]:
    """Return the network of a model and the source of its weights.

    Parameters
    ----------
    model
        The model.
    weights
        The name of a file, or `random`.
    seed
        Seed of random weights.

    Raises
    ------
    UserError
        For a file that does not fit; it names the published file and its license.
    """
    path = resolve_weight_file(weights, keywords=("random",), what=model.name)
    if path is not None and not path.is_file():
        raise UserError(
            f"no such file of weights of {model.name}",
            where=str(path),
            then=f"download it from {model.source}; license: {model.license}",
        )
    with torch.device("meta"):  # no time for weights that are replaced
        network = model.make()
    network.to_empty(device="cpu")
    if path is None:
        initialize(network, seed)
        note = f"seeded random weights (seed {seed}), not pretrained; {_describe(model)}"
        source = f"random:{seed}"
        return network, Weights(source=source, sha256=digest(network.state_dict()), note=note)
    state = select_encoder(read_weights(path, what=model.name), model)
    load_weights(network, state, what=f"{model.name} ({path.name})")
    sha256 = digest(state)
    return network, Weights(
        source=f"file:{path.name}",
        sha256=sha256,
        note=f"weights of the file {path.name} (sha256 of its tensors {sha256[:12]}…);"
        f" license of the published ones: {model.license}",
        pretrained_on=model.pretrained_on,
    )


def select_encoder(state: Mapping[str, Tensor], model: FoundationModel) -> dict[str, Tensor]:
    """Return the parameters of a model's encoder among those of a published file.

    Parameters
    ----------
    state
        Tensors by name.
    model
        The model with the prefixes of its encoder.
    """
    prefix = next(p for p in model.prefixes if not p or any(name.startswith(p) for name in state))
    names = {name: name.removeprefix(prefix) for name in state if name.startswith(prefix)}
    return {
        name: state[full]
        for full, name in names.items()
        if not name.startswith(model.others or ("\0",))
    }


def initialize(network: nn.Module, seed: int) -> None:
    """Draw the weights of convolutions from a seed; all other parameters get their defaults."""
    generator = torch.Generator().manual_seed(seed)
    for layer in network.modules():
        if isinstance(layer, nn.Conv3d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm3d | SampleNorm):
            layer.reset_parameters()


def _describe(model: FoundationModel) -> str:
    return f"published ones: {model.source}, {model.license}"
