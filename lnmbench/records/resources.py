"""Resources of a run. They change its speed, and its numbers only by rounding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The device of the networks, and the memory that training may use.

    `device` has torch's names: cpu, cuda, cuda:1, mps. `memory_gb` of None means a share of the
    machine's memory.
    """

    device: str = "cpu"
    memory_gb: float | None = None
