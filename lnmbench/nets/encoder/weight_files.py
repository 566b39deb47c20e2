"""Files of weights: state dicts, read without running code in them and loaded into a network."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lnmbench.errors import UserError, reading
from lnmbench.nets.encoder.weight_archive import MalformedWeightsError, verify_archive
from lnmbench.text import join_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KINDS = (".pt", ".pth", ".torch", ".bin", ".ckpt", ".safetensors")
NESTED = ("state_dict", "model_state_dict", "model", "trunk_state_dict", "net")
PREFIXES = ("module.", "model.", "encoder.", "backbone.")
_SHOWN = 3


def resolve_weight_file(weights: str, *, keywords: Sequence[str], what: str) -> Path | None:
    """Return the file that an encoder's parameter `weights` names; None for a keyword.

    Parameters
    ----------
    weights
        A keyword or the name of a file.
    keywords
        The values that are not files, e.g. "random".
    what
        The encoder, for messages.

    Raises
    ------
    UserError
        If it is neither a keyword nor the name of a file of `KINDS`.
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

    `what` is the network that they are for, e.g. "resnet18", for messages. A state dict under one
    of the names `NESTED` is unwrapped, and a prefix of `PREFIXES` that all names have is removed,
    as wrappers add it. Only tensors are unpickled. Raises `UserError` for a file that does not
    exist, is damaged, or holds something else.
    """
    if path.suffix.lower() not in KINDS:
        raise UserError(
            f"weights of {what} of an unknown file type",
            where=str(path),
            expected=", ".join(KINDS),
        )
    with reading(path), path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
    if size > _memory_bytes():
        raise _no_state_dict(path, what, "a file larger than the memory of this machine")
    safetensors = path.suffix.lower() == ".safetensors"
    try:
        content = _load_safetensors(path) if safetensors else _load_pickle(path)
    except Exception as error:  # a damaged file makes torch and safetensors raise almost anything
        raise _damaged_file(path, what, error) from error
    return _remove_prefixes(_extract_tensors(content, path, what))


def verify_weight_file(path: Path, *, what: str) -> None:
    """Raise `UserError` for a file of torch that would need more memory than it has bytes.

    `what` is the network, for messages. For files that a library loads, which trusts them; other
    files than those of torch are not opened.
    """
    if path.suffix.lower() in KINDS and path.suffix.lower() != ".safetensors":
        try:
            verify_archive(path)
        except Exception as error:  # a damaged file makes the reader raise almost anything
            raise _damaged_file(path, what, error) from error


def load_weights(
    network: nn.Module, state: Mapping[str, Tensor], *, what: str, ignoring: Sequence[str] = ()
) -> None:
    """Copy a state dict into a network.

    Parameters
    ----------
    network
        The network.
    state
        Tensors by name.
    what
        The network and its weights, for messages.
    ignoring
        Prefixes of keys that may be absent or of any shape, e.g. a classifier that is not used;
        the network keeps its own values there.

    Raises
    ------
    UserError
        If keys are missing, unexpected, or of the wrong shape or type, or values are not finite;
        the message lists the first few.
    """
    expected = _exclude(network.state_dict(), ignoring)
    loaded = _exclude(state, ignoring)
    counters = {key for key in expected if key.endswith("num_batches_tracked")}
    both = expected.keys() & loaded.keys()
    wrong = [key for key in expected if key in both and expected[key].shape != loaded[key].shape]
    other_type = [
        key
        for key in expected
        if key in both and _kind_of_numbers(loaded[key]) != _kind_of_numbers(expected[key])
    ]
    faults = [
        _list_first("missing", [key for key in expected if key not in both | counters]),
        _list_first("unexpected", [key for key in loaded if key not in both]),
        _list_first("of the wrong shape", [_shapes(key, loaded, expected) for key in wrong]),
        _list_first("of the wrong type", [_types(key, loaded, expected) for key in other_type]),
        _list_first(
            "not finite",
            [
                key
                for key in expected
                if key in both - {*wrong, *other_type}
                and not _is_finite(loaded[key].to(expected[key].dtype))
            ],
        ),
    ]
    if any(faults):
        gray = any(_is_gray(loaded[key], expected[key]) for key in wrong)
        raise UserError(
            f"weights do not fit {what}",
            got="; ".join(filter(None, faults)),
            then="they are for gray-scale images; slices have three channels" * gray,
        )
    network.load_state_dict(loaded, strict=False)


def digest(state: Mapping[str, Tensor]) -> str:
    """Return the sha256 of a state dict: of its names, shapes and bytes, in any order.

    Parameters
    ----------
    state
        Tensors by name, of any shape, dtype and device.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    sha256 = hashlib.sha256()
    for name in sorted(state):
        flat = state[name].detach().cpu().contiguous().reshape(-1)  # (size,)
        sha256.update(f"{name}{tuple(state[name].shape)}".encode())
        sha256.update(flat.view(torch.uint8).numpy().tobytes())
    return sha256.hexdigest()


def _load_safetensors(path: Path) -> object:
    from safetensors.torch import load_file

    return load_file(path)


def _load_pickle(path: Path) -> object:
    verify_archive(path)
    with warnings.catch_warnings():  # of the format, which torch reads nevertheless
        warnings.simplefilter("ignore")
        return torch.load(path, map_location="cpu", weights_only=True)


def _memory_bytes() -> int:
    """Return the size of the memory; a very large number where the system does not tell it."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return sys.maxsize


def _damaged_file(path: Path, what: str, error: Exception) -> UserError:
    text, then = str(error), "save `model.state_dict()` alone"
    if "TorchScript" in text:
        got = "a TorchScript archive"
    elif isinstance(error, MalformedWeightsError):
        got, then = f"a damaged file ({text})", ""
    elif isinstance(error, pickle.UnpicklingError) and "weights_only" in text.lower():
        got = "other Python objects than tensors"
    else:
        cause = f"{type(error).__name__}: {text.partition('. ')[0][:80]}".rstrip(": ")
        got, then = f"a damaged file, or a file of another kind ({cause})", ""
    return _no_state_dict(path, what, got, then)


def _extract_tensors(content: object, path: Path, what: str) -> dict[str, Tensor]:
    for name in NESTED:
        nested = content.get(name) if isinstance(content, dict) else None
        content = nested if isinstance(nested, dict) else content
    if not isinstance(content, dict) or not content:
        got = "an empty dict" if isinstance(content, dict) else f"a {type(content).__name__}"
    elif others := [str(key) for key, value in content.items() if not isinstance(value, Tensor)]:
        got = _list_first("not a tensor", others)
    else:
        return {str(key): value for key, value in content.items()}
    raise _no_state_dict(path, what, got)


def _no_state_dict(path: Path, what: str, got: str, then: str = "") -> UserError:
    return UserError(
        f"weights of {what} cannot be read",
        where=str(path),
        expected="a state dict of tensors",
        got=got,
        then=then,
    )


def _remove_prefixes(state: dict[str, Tensor]) -> dict[str, Tensor]:
    for prefix in PREFIXES:
        if all(key.startswith(prefix) for key in state):
            return _remove_prefixes({key.removeprefix(prefix): state[key] for key in state})
    return state


def _exclude(state: Mapping[str, Tensor], ignoring: Iterable[str]) -> dict[str, Tensor]:
    starts = tuple(ignoring)
    return {key: value for key, value in state.items() if not key.startswith(starts)}


def _list_first(fault: str, keys: Sequence[str]) -> str:
    return f"{len(keys)} {fault}: {join_first(keys, _SHOWN)}" if keys else ""


def _shapes(key: str, loaded: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> str:
    return f"{key} {tuple(loaded[key].shape)} instead of {tuple(expected[key].shape)}"


def _kind_of_numbers(tensor: Tensor) -> tuple[bool, bool]:
    return tensor.is_floating_point(), tensor.is_complex()


def _types(key: str, loaded: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> str:
    return f"{key} {loaded[key].dtype} instead of {expected[key].dtype}".replace("torch.", "")


def _is_finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(tensor.isfinite().all())


def _is_gray(loaded: Tensor, expected: Tensor) -> bool:
    same_window = expected.ndim >= 4 and loaded.shape[2:] == expected.shape[2:]
    return same_window and (loaded.shape[1], expected.shape[1]) == (1, 3)
