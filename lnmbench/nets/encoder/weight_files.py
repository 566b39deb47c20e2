"""Files of weights: state dicts read without running anything in them, and fitted to a network."""

from __future__ import annotations

import hashlib
import pickle
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from lnmbench.errors import UserError, reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KINDS = (".pt", ".pth", ".bin", ".ckpt", ".safetensors")
NESTED = ("state_dict", "model_state_dict", "model")
PREFIXES = ("module.", "model.", "encoder.", "backbone.")
_SHOWN = 3


def resolve_weight_file(weights: str, *, keywords: Sequence[str], what: str) -> Path | None:
    """Return the file that a parameter `weights` names; None where it is one of `keywords`.

    Raises `UserError` for what is neither a keyword nor the name of a file of `KINDS`.
    """
    if weights in keywords:
        return None
    path = Path(weights).expanduser()
    if path.suffix.lower() in KINDS:
        return path
    raise UserError(
        f"unknown weights of {what}",
        expected=f"{' | '.join(keywords)}, or a file ({', '.join(KINDS)})",
        got=repr(weights[:80]),
    )


def read_weights(path: Path, *, what: str) -> dict[str, Tensor]:
    """Return the tensors of a state dict in a file (`KINDS`), by name, on the CPU.

    `what` is what they are meant for, e.g. "resnet18", for messages. A state dict under one of the
    names `NESTED` is unwrapped, and a prefix of `PREFIXES` that all names carry is taken off, as
    wrappers leave it. Nothing but tensors is ever unpickled. Raises `UserError` for a file that is
    not there, is damaged, or holds something else.
    """
    if path.suffix.lower() not in KINDS:
        raise UserError(
            f"weights of {what} of an unknown kind", where=str(path), expected=", ".join(KINDS)
        )
    with reading(path), path.open("rb"):
        pass
    try:
        held = _safetensors(path) if path.suffix.lower() == ".safetensors" else _pickled(path)
    except Exception as error:  # a damaged file makes torch and safetensors raise almost anything
        raise _unreadable(path, what, error) from error
    return _without_prefixes(_tensors(held, path, what))


def load_weights(
    network: nn.Module, state: Mapping[str, Tensor], *, what: str, ignoring: Sequence[str] = ()
) -> None:
    """Copy a state dict into a network; `what` names both for messages.

    Keys that start with one of `ignoring` (a classifier that is not used) may be absent, of any
    shape, and stay as they are in the network. Raises `UserError` that lists the first few missing,
    unexpected and wrongly shaped keys, and for numbers that are not finite.
    """
    wanted = _but(network.state_dict(), ignoring)
    given = _but(state, ignoring)
    counters = {key for key in wanted if key.endswith("num_batches_tracked")}
    both = wanted.keys() & given.keys()
    wrong = [key for key in wanted if key in both and wanted[key].shape != given[key].shape]
    faults = [
        _few("missing", [key for key in wanted if key not in both | counters]),
        _few("unexpected", [key for key in given if key not in both]),
        _few("of the wrong shape", [_shapes(key, given[key], wanted[key]) for key in wrong]),
        _few("not finite", [key for key in wanted if key in both and not _finite(given[key])]),
    ]
    if any(faults):
        gray = any(_is_gray(given[key], wanted[key]) for key in wrong)
        raise UserError(
            f"weights do not fit {what}",
            got="; ".join(filter(None, faults)),
            then="they are for gray-scale images, and slices come as three channels" * gray,
        )
    network.load_state_dict(given, strict=False)


def digest(state: Mapping[str, Tensor]) -> str:
    """Return the sha256 of a state dict: of its names, shapes and bytes, whatever their order."""
    made = hashlib.sha256()
    for name in sorted(state):
        flat = state[name].detach().cpu().contiguous().reshape(-1)
        made.update(f"{name}{tuple(state[name].shape)}".encode())
        made.update(flat.view(torch.uint8).numpy().tobytes())
    return made.hexdigest()


def _safetensors(path: Path) -> object:
    from safetensors.torch import load_file

    return load_file(path)


def _pickled(path: Path) -> object:
    with warnings.catch_warnings():  # of TorchScript archives, which are refused anyway
        warnings.simplefilter("ignore")
        return torch.load(path, map_location="cpu", weights_only=True)


def _unreadable(path: Path, what: str, error: Exception) -> UserError:
    said, then = str(error), "save `model.state_dict()` alone"
    if "TorchScript" in said:
        got = "a TorchScript archive"
    elif isinstance(error, pickle.UnpicklingError) and "weights_only" in said.lower():
        got = "Python objects beside them"
    else:
        cause = f"{type(error).__name__}: {said.partition('. ')[0][:80]}".rstrip(": ")
        got, then = f"a damaged file, or one of another kind ({cause})", ""
    return _no_state_dict(path, what, got, then)


def _tensors(held: Any, path: Path, what: str) -> dict[str, Tensor]:
    for name in NESTED:
        if isinstance(held, dict) and isinstance(held.get(name), dict):
            held = held[name]
    if not isinstance(held, dict) or not held:
        got = "an empty one" if isinstance(held, dict) else f"a {type(held).__name__}"
    elif others := [str(key) for key, value in held.items() if not isinstance(value, Tensor)]:
        got = _few("not a tensor", others)
    else:
        return {str(key): value for key, value in held.items()}
    raise _no_state_dict(path, what, got)


def _no_state_dict(path: Path, what: str, got: str, then: str = "") -> UserError:
    return UserError(
        f"weights of {what} cannot be read",
        where=str(path),
        expected="a state dict of tensors",
        got=got,
        then=then,
    )


def _without_prefixes(state: dict[str, Tensor]) -> dict[str, Tensor]:
    for prefix in PREFIXES:
        if all(key.startswith(prefix) for key in state):
            return _without_prefixes({key.removeprefix(prefix): state[key] for key in state})
    return state


def _but(state: Mapping[str, Tensor], ignoring: Iterable[str]) -> dict[str, Tensor]:
    starts = tuple(ignoring)
    return {key: value for key, value in state.items() if not key.startswith(starts)}


def _few(fault: str, keys: Sequence[str]) -> str:
    more = ", …" if len(keys) > _SHOWN else ""
    return f"{len(keys)} {fault}: {', '.join(keys[:_SHOWN])}{more}" if keys else ""


def _shapes(key: str, given: Tensor, wanted: Tensor) -> str:
    return f"{key} {tuple(given.shape)} instead of {tuple(wanted.shape)}"


def _finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(tensor.isfinite().all())


def _is_gray(given: Tensor, wanted: Tensor) -> bool:
    alike = wanted.ndim >= 4 and given.shape[2:] == wanted.shape[2:]
    return alike and (given.shape[1], wanted.shape[1]) == (1, 3)
