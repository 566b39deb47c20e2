"""The device that networks run on, and how much memory it offers."""

from __future__ import annotations

import os

import torch

from lnmbench.errors import UserError

_SHARE = 0.5
_SHARE_OF_GPU = 0.8


def choose(asked: str) -> torch.device:
    """Return the device of that name; `auto` takes CUDA, else MPS, else the CPU.

    Raises `UserError` where it is not there.
    """
    there = available()
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


def available() -> list[str]:
    """Return the kinds of devices that are there, the most capable last."""
    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.append("mps")
    if torch.cuda.is_available():
        there.append("cuda")
    return there


def memory_for(device: torch.device, memory_gb: float | None) -> int:
    """Return the bytes that training may fill: what is asked, or a share of what is free."""
    if memory_gb is not None:
        return int(memory_gb * 1e9)
    if device.type == "cuda":
        return int(_SHARE_OF_GPU * torch.cuda.mem_get_info(device)[0])
    return int(_SHARE * _installed())


def _installed() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 4 << 30
