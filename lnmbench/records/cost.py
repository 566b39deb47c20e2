"""What a method took of the machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The fits that were trained, their epochs in all, and what they took.

    `seconds` are of the clock, `device_seconds` of the processors or of the GPU that worked;
    `memory_mb` is the largest size of a process, or on a GPU of its memory in use.
    """

    fits: int = 0
    epochs: int = 0
    seconds: float = 0.0
    device_seconds: float = 0.0
    memory_mb: float = 0.0
