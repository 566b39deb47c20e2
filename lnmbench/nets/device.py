"""The device that networks run on, its memory, and its reproducibility."""

from __future__ import annotations

import os
import warnings

import torch
from torch import Tensor

from lnmbench.errors import UserError

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")


def select_device(name: str) -> torch.device:
    """Return the device of that name; `auto` selects CUDA, else MPS, else the CPU.

    Raises `UserError` if this machine has no such device.
    """
    kinds = available_kinds()
    if name == "auto":
        return torch.device(kinds[-1] if kinds[-1] != "cuda" else "cuda:0")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in kinds:
        raise UserError(
            "no such device on this machine", expected=" | ".join(["auto", *kinds]), got=name
        )
    if device.type != "cuda":
        return torch.device(device.type)
    index, count = device.index or 0, torch.cuda.device_count()
    if index >= count:
        raise UserError(
            "no such device on this machine", expected=f"cuda:0 to cuda:{count - 1}", got=name
        )
    return torch.device("cuda", index)


def available_kinds() -> list[str]:
    """Return the kinds of devices of this machine, the most capable last."""
    kinds = ["cpu"]
    if torch.backends.mps.is_available():
        kinds.append("mps")
    if torch.cuda.is_available():
        kinds.append("cuda")
    return kinds


def make_deterministic(device: torch.device) -> None:
    """Make this process compute the same numbers on the same device each time.

    Float32 is float32: products and convolutions do not use TF32.
    """
    # cuBLAS is deterministic only with a fixed workspace, set before it starts
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = False
        torch.use_deterministic_algorithms(True, warn_only=True)
        # uninitialized memory is never read, so that filling it would only cost time
        setattr(torch.utils.deterministic, "fill_uninitialized_memory", False)  # noqa: B010 - mypy


def describe_device(device: str) -> str:
    """Return the device's name and its arithmetic, for the manifest."""
    if not device.startswith("cuda"):
        return device
    name = torch.cuda.get_device_name(device)
    return f"{device} ({name}), deterministic, without TF32"


def supports_bfloat16(device: torch.device) -> bool:
    """Return whether the device is a GPU with bfloat16 arithmetic in hardware."""
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def require_bfloat16(device: torch.device) -> None:
    """Raise `UserError` for a device on which torch has no bfloat16 arithmetic."""
    try:
        # torch raises an error of some devices; of others it warns and uses float32
        with warnings.catch_warnings(action="error"), torch.autocast(device.type, torch.bfloat16):
            pass
    except (RuntimeError, UserWarning) as error:
        raise UserError(
            f"training setting precision: {device} has no bfloat16 arithmetic",
            expected="auto | float32",
            then="use one of these, or --device cpu",
        ) from error


def upload(values: Tensor, device: torch.device) -> Tensor:
    """Return a tensor of the CPU on a device, without waiting for the device's work."""
    if device.type == "cuda":  # only a copy from pinned memory does not wait
        return values.pin_memory().to(device, non_blocking=True)
    return values.to(device)


def free_memory_bytes(device: torch.device) -> int | None:
    """Return the free memory of a GPU; None for a device that shares the machine's memory."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None


def reset_peak_memory(device: torch.device) -> None:
    """Reset the peak of memory in use on a GPU."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory_bytes(device: torch.device) -> int:
    """Return the peak of this process's memory on a GPU since the last reset."""
    return torch.cuda.max_memory_allocated(device)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out, on a GPU or in the machine."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return any(phrase in text for phrase in _OUT_OF_MEMORY)


def release_cached_memory() -> None:
    """Return the memory that torch caches to the device."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
