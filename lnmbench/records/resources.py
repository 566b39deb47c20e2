"""What a run may use of the machine; speed depends on it, and numbers by rounding alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The device that networks run on, and the memory that training may fill there.

    `device` is as torch names it: cpu, cuda, cuda:1, mps. `memory_gb` of None takes a share of
    what the machine has free.
    """

    device: str = "cpu"
    memory_gb: float | None = None
