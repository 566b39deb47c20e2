"""Networks of timm with weights from the hub or its cache, from a file, or random."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from lnmbench import UserError, Weights
from lnmbench.nets.encoder.weight_files import (
    digest,
    load_weights,
    read_weights,
    resolve_weight_file,
    verify_weight_file,
)
from lnmbench_timm.timm_api import pretrained_config

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

INSTALL = "pip install 'lnmbench[timm]'"
PAIRING = "pip install --upgrade --force-reinstall torch torchvision"
IMAGENET = ("in1k", "in12k", "in21k", "in22k")


def load(name: str, *, weights: str, seed: int) -> tuple[nn.Module, Weights]:
    """Return the network without its classifier, and the source of its weights.

    Raises `UserError` if timm is missing or does not know the name, if weights are `imagenet` and
    not available, and for a file that does not fit.

    Parameters
    ----------
    name
        timm's name of the network.
    weights
        `auto`, `imagenet`, `random`, or a file.
    seed
        Seed of random weights.
    """
    timm = import_timm()
    _refuse_unknown(name, timm)
    file = resolve_weight_file(
        weights, keywords=("auto", "imagenet", "random"), what=f"timm's {name}"
    )
    if file is not None:
        return _from_file(timm, name, file)
    if weights == "random":
        return _random_network(timm, name, seed)
    from lnmbench_timm.hub import find_weights

    try:
        file = find_weights(timm.get_pretrained_cfg(name))
    except OSError as error:
        reason = f"timm's weights of {name} {_first_line(error)}"
        if weights == "imagenet":
            raise UserError(reason, then="use weights=random or a file") from error
        return _random_network(timm, name, seed, reason)
    return _pretrained_network(timm, name, file)


def import_timm() -> Any:
    """Return the package timm. Raises `UserError` if it is missing or cannot be imported."""
    try:
        import timm
    except ModuleNotFoundError as error:
        if error.name != "timm":
            raise _import_error(error) from error
        raise UserError("the package timm is missing", then=INSTALL) from error
    except (ImportError, RuntimeError, OSError) as error:
        raise _import_error(error) from error
    return timm


def _import_error(error: Exception) -> UserError:
    return UserError(
        "timm cannot be imported",
        expected="matching builds of torch, torchvision and timm",
        got=_first_line(error),
        then=f"run {PAIRING}",
    )


def _refuse_unknown(name: str, timm: Any) -> None:
    known = {*timm.list_models(), *timm.list_models(pretrained=True)}
    if name in known:
        return
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    raise UserError(
        f"timm has no network {name!r}",
        expected=f"one of the {len(known)} names of timm.list_models() {timm.__version__}",
        then=f"did you mean {' or '.join(close)}?" if close else "",
    )


def _random_network(timm: Any, name: str, seed: int, reason: str = "") -> tuple[nn.Module, Weights]:
    note = f"seeded random weights (seed {seed}), not pretrained{f': {reason}' if reason else ''}"
    return _describe_weights(_create(timm, name, seed), source=f"random:{seed}", note=note)


def _create(timm: Any, name: str, seed: int = 0) -> nn.Module:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: nn.Module = timm.create_model(name, pretrained=False, num_classes=0)
    return network


def _from_file(timm: Any, name: str, file: Path) -> tuple[nn.Module, Weights]:
    network = _create(timm, name)
    classifier = pretrained_config(network).get("classifier") or ()
    heads = (classifier,) if isinstance(classifier, str) else tuple(classifier)
    load_weights(
        network,
        read_weights(file, what=f"timm's {name}"),
        what=f"timm's {name} ({file.name})",
        ignoring=[f"{head}." for head in heads],
    )
    note = f"weights of the file {file.name}"
    return _describe_weights(network, source=f"file:{file.name}", note=note)


def _pretrained_network(timm: Any, name: str, file: Path) -> tuple[nn.Module, Weights]:
    verify_weight_file(file, what=f"timm's {name}")
    overlay = {"file": str(file), "custom_load": file.suffix == ".npz"}
    try:
        network: nn.Module = timm.create_model(
            name, pretrained=True, num_classes=0, pretrained_cfg_overlay=overlay
        )
    except Exception as error:  # a damaged file makes torch and timm raise almost anything
        raise UserError(
            f"unreadable weights of timm's {name}",
            where=str(file),
            got=_first_line(error),
            then="delete the file to download it again",
        ) from error
    config = pretrained_config(network)
    tag = str(config.get("tag") or "")
    source = "imagenet" if any(word in tag for word in IMAGENET) else f"timm:{tag}"
    full_name = f"{config.get('architecture')}.{tag}".rstrip(".")
    license = config.get("license") or "not stated"
    note = f"pretrained weights of timm ({full_name}, license {license})"
    return _describe_weights(network, source=source, note=note)


def _describe_weights(network: nn.Module, *, source: str, note: str) -> tuple[nn.Module, Weights]:
    return network, Weights(source=source, sha256=digest(network.state_dict()), note=note)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
