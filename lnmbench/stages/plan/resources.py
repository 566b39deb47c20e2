"""resources: what was asked of the machine becomes what there is."""

from __future__ import annotations

import math
from dataclasses import replace

from lnmbench import environment
from lnmbench.errors import UserError
from lnmbench.records import Choice, Resources, Training
from lnmbench.registry import Registry

_SHARE_OF_MACHINE, _SHARE_OF_GPU = 0.5, 0.8


def resolved(asked: Resources) -> Resources:
    """Return the resources with a device that is there, and a number for its memory.

    From then on this process computes the same numbers there each time. `auto` takes the first of
    CUDA, MPS and the CPU; memory that is not given is half of the machine's, or four fifths of
    what is free on a GPU. Raises `UserError` for a device that is not there, and for memory that
    is no positive number.
    """
    from lnmbench.nets.device import free_memory_bytes, make_deterministic, select_device

    device = select_device(asked.device)
    make_deterministic(device)
    memory = asked.memory_gb
    if memory is None:
        free = free_memory_bytes(device)
        installed = environment.memory_bytes() or 8e9
        memory = (_SHARE_OF_MACHINE * installed if free is None else _SHARE_OF_GPU * free) / 1e9
    if not (math.isfinite(memory) and memory > 0):
        raise UserError("--memory", expected="a positive number of GB", got=f"{memory:g}")
    return replace(asked, device=str(device), memory_gb=memory)


def shared_among(resources: Resources, executor: Choice, registry: Registry) -> Resources:
    """Return what one of an executor's workers may fill: all alike, of those it has."""
    workers = registry.executors.bind(executor).parameters.get("workers", 1)
    if resources.memory_gb is None or not isinstance(workers, int):
        return resources
    return replace(resources, memory_gb=resources.memory_gb / max(1, workers))


def with_precision(settings: Training, *, trained_from: str, resources: Resources) -> Training:
    """Return the settings with a precision for `auto`: bfloat16 on a GPU that has it, for stages
    of an encoder that are trained; float32 for everything else."""
    import torch

    from lnmbench.nets.device import supports_bfloat16

    if trained_from == "none":
        return replace(settings, precision="float32")
    if settings.precision != "auto":
        return settings
    fast = supports_bfloat16(torch.device(resources.device))
    return replace(settings, precision="bfloat16" if fast else "float32")
