"""Computing cost of a method."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The fits that were trained, the sum of their epochs, their time and memory.

    `seconds` are wall-clock time, `device_seconds` are processor or GPU time. `memory_mb` is the
    peak memory of a process, or of the GPU.
    """

    fits: int = 0
    epochs: int = 0
    seconds: float = 0.0
    device_seconds: float = 0.0
    memory_mb: float = 0.0
