"""What is expected of a run, arm by arm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Seconds: at least and at most."""

    low: float = 0.0
    high: float = 0.0

    def __add__(self, other: Span) -> Span:
        return Span(low=self.low + other.low, high=self.high + other.high)

    def times(self, count: float) -> Span:
        """Return the seconds of so many of the same.

        Examples
        --------
        >>> Span(low=1.0, high=2.0).times(3)
        Span(low=3.0, high=6.0)
        """
        return Span(low=count * self.low, high=count * self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """What a repeat of a method takes: seconds, and bytes of the fits that train side by side."""

    seconds: Span = Span()
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What a method has still to do, and what that is expected to take.

    `fits` count every candidate of the inner search, of which there are `candidates`. `slices`
    are those that no feature cache has yet; an arm that shares the cache of an earlier one has
    none. In bytes, `disk` is what is added to features and ledger, and `memory` what the fits that
    train side by side fill; None for a baseline, and where there is nothing to do.
    """

    label: str
    units: int
    units_all: int
    fits: int
    candidates: int
    slices: int
    seconds: Span
    disk: int
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEstimate:
    """All arms of a run, and the folder of its ledger.

    `disk` in bytes is that of all arms and of the ledger's plan; `basis` says what the estimate
    rests on.
    """

    folder: Path
    arms: tuple[Arm, ...]
    disk: int
    basis: tuple[str, ...]

    @property
    def seconds(self) -> Span:
        """What all arms take, one after the other."""
        return sum((arm.seconds for arm in self.arms), Span())
