"""resources: what was asked of the machine becomes what there is."""

from __future__ import annotations

import math
from dataclasses import replace

from lnmbench.errors import UserError
from lnmbench.records import Resources


def resolved(asked: Resources) -> Resources:
    """Return the resources with a device that is there.

    `auto` takes the first of CUDA, MPS and the CPU. Raises `UserError` for a device that is not
    there, and for memory that is no positive number.
    """
    from lnmbench.nets.device import choose

    memory = asked.memory_gb
    if memory is not None and not (math.isfinite(memory) and memory > 0):
        raise UserError("--memory", expected="a positive number of GB", got=f"{memory:g}")
    return replace(asked, device=str(choose(asked.device)))
