"""The device that networks run on, and how much memory it offers."""

from __future__ import annotations

import os

import torch

from lnmbench.errors import UserError


def select_device(asked: str) -> torch.device:
    """Return the device of that name; `auto` takes CUDA, else MPS, else the CPU.

    Raises `UserError` where it is not there.
    """
    there = available_devices()
    if asked == "auto":
        return torch.device(there[-1] if there[-1] != "cuda" else "cuda:0")
    try:
        device = torch.device(asked)
    except RuntimeError:
        device = None
    if device is None or device.type not in there:
        raise UserError("no such device", expected=" | ".join(["auto", *there]), got=asked)
    if device.type != "cuda":
        return torch.device(device.type)
    index, count = device.index or 0, torch.cuda.device_count()
    if index >= count:
        raise UserError("no such device", expected=f"cuda:0 to cuda:{count - 1}", got=asked)
    return torch.device("cuda", index)


def available_devices() -> list[str]:
    """Return the kinds of devices that are there, the most capable last."""
    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.append("mps")
    if torch.cuda.is_available():
        there.append("cuda")
    return there


def make_deterministic(device: torch.device) -> None:
    """Make this process compute the same numbers on the same device each time.

    Float32 is float32: without TF32, in products and in convolutions.
    """
    # cuBLAS is deterministic only with a workspace of its own, named before it starts
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = False
        torch.use_deterministic_algorithms(True, warn_only=True)
        # what is not written is not read either; filling it would cost time
        setattr(torch.utils.deterministic, "fill_uninitialized_memory", False)  # noqa: B010 - mypy


def describe_device(device: str) -> str:
    """Return the device's name and how it computes, for the manifest."""
    if not device.startswith("cuda"):
        return device
    name = torch.cuda.get_device_name(device)
    return f"{device} ({name}), deterministic, without TF32"


def supports_bfloat16(device: torch.device) -> bool:
    """Whether the device is a GPU with bfloat16 arithmetic of its own."""
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def free_memory_bytes(device: torch.device) -> int | None:
    """Return the memory that is free on a GPU; None for a device that shares the machine's."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None


def reset_peak_memory(device: torch.device) -> None:
    """Let the peak of memory in use on a GPU begin anew."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory_bytes(device: torch.device) -> int:
    """Return the most memory that this process has had in use on a GPU since then."""
    return torch.cuda.max_memory_allocated(device)
