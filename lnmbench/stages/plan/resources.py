"""Device, memory and precision that a benchmark can use on this machine."""

from __future__ import annotations

import math
from dataclasses import replace

from lnmbench import environment
from lnmbench.errors import UserError
from lnmbench.records import Choice, Resources, Training

_SHARE_OF_MACHINE, _SHARE_OF_GPU = 0.5, 0.8


def resolve_resources(requested: Resources) -> Resources:
    """Return resources with an existing device and a number for the memory.

    This process computes reproducibly on the device afterwards. `auto` takes the first of CUDA,
    MPS and the CPU. Memory defaults to half of the machine's, or to four fifths of what is free on
    a GPU.

    Raises
    ------
    UserError
        For a device that does not exist, and for memory that is not a positive number.
    """
    from lnmbench.nets.device import free_memory_bytes, make_deterministic, select_device

    device = select_device(requested.device)
    make_deterministic(device)
    memory = requested.memory_gb
    if memory is None:
        free = free_memory_bytes(device)
        installed = environment.memory_bytes() or 8e9
        memory = (_SHARE_OF_MACHINE * installed if free is None else _SHARE_OF_GPU * free) / 1e9
    if not (math.isfinite(memory) and memory > 0):
        raise UserError("--memory", expected="a positive number of GB", got=f"{memory:g}")
    return replace(requested, device=str(device), memory_gb=memory)


def share_resources(resources: Resources, executor: Choice) -> Resources:
    """Return the share of one worker: a bound executor's workers share the memory equally."""
    workers = executor.parameters.get("workers", 1)
    if resources.memory_gb is None or not isinstance(workers, int):
        return resources
    return replace(resources, memory_gb=resources.memory_gb / max(1, workers))


def resolve_precision(
    training: Training, *, encodes: bool, trained_from: str, resources: Resources
) -> Training:
    """Return training settings with a precision in place of `auto`.

    Parameters
    ----------
    training
        The settings of the network.
    encodes
        Whether the network has an encoder that runs. Without one, the precision is float32.
    trained_from
        The first encoder stage that is trained. Without one, bfloat16 has to be chosen.
    resources
        Trained stages are in bfloat16 with `auto` on a GPU that supports it.

    Raises
    ------
    UserError
        For bfloat16 on a device that does not have it.
    """
    import torch

    from lnmbench.nets.device import require_bfloat16, supports_bfloat16

    device, is_trained = torch.device(resources.device), trained_from != "none"
    precision = training.precision
    if not encodes or (precision != "bfloat16" and not is_trained):
        precision = "float32"
    elif precision == "auto":
        precision = "bfloat16_trained" if supports_bfloat16(device) else "float32"
    elif precision != "float32":
        require_bfloat16(device)
    return replace(training, precision=precision)
