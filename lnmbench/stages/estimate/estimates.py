"""Estimates of a run and of its methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench.text import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of seconds."""

    low: float = 0.0
    high: float = 0.0

    def __add__(self, other: Span) -> Span:
        return Span(low=self.low + other.low, high=self.high + other.high)

    def times(self, count: float) -> Span:
        """Return the range multiplied by a count.

        Examples
        --------
        >>> Span(low=1.0, high=2.0).times(3)
        Span(low=3.0, high=6.0)
        """
        return Span(low=count * self.low, high=count * self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEstimate:
    """Seconds that the tokens of a repeat's fits take, for all candidates of the search.

    `is_averaged` and `width` tell tokens of the same features apart. Tokens with `is_shared` are
    computed by the first method that needs them.
    """

    width: int
    is_averaged: bool
    is_shared: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatEstimate:
    """Seconds of one repeat of a method, and bytes of the fits that train at the same time.

    `seconds` are those without `tokens` and without permuted inputs, which take `importance`.
    """

    seconds: Span = Span()
    importance: Span = Span()
    memory: int | None = None
    tokens: tuple[TokenEstimate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodEstimate:
    """The work that a method lacks, with its time, disk space and memory.

    `fits` count every candidate of the search, of which there are `candidates`. `slices` are those
    that no feature cache has yet; a method that shares the cache of an earlier one has none.
    `importance` is the time of permuted inputs, which `seconds` do not count. In bytes, `disk` is
    what features and ledger grow by, and `memory` the size of the fits that train at the same time;
    None for a baseline, and for a complete method.
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
    importance: Span = Span()

    @classmethod
    def merge(cls, label: str, members: Sequence[MethodEstimate]) -> MethodEstimate:
        """Return the estimate of several methods with equal settings under one label."""
        return cls(
            label=label,
            units=sum(member.units for member in members),
            units_all=sum(member.units_all for member in members),
            fits=sum(member.fits for member in members),
            candidates=members[0].candidates,
            slices=sum(member.slices for member in members),
            seconds=sum((member.seconds for member in members), Span()),
            disk=sum(member.disk for member in members),
            memory=max((member.memory or 0 for member in members), default=0) or None,
            importance=sum((member.importance for member in members), Span()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestEstimate:
    """The ingest of all cases, as that of the sampled ones.

    `sampled` of `with_images` cases were read, `unusable` of them cannot be used. `slices` has the
    number of slices of each case, as if all could be used; 0 without images.
    """

    with_images: int
    sampled: int
    unusable: int
    slices: tuple[int, ...]
    seconds: Span
    disk: int

    def describe(self, name: str) -> str:
        """Return a sentence on what is assumed, for the data set of this name."""
        unusable = f", of which {self.unusable} cannot be used" if self.unusable else ""
        waiting = (
            " Its time lies between that of the processors and that by the clock, which includes"
            " waiting for files."
        )
        return (
            f"The data set {name} is not ingested: images of {plural(self.sampled, 'random case')}"
            f" were read{unusable}. It is assumed that all {plural(self.with_images, 'case')} with"
            f" images can be used and have {sum(self.slices) / self.with_images:.1f} slices on"
            f" average, as these do.{waiting if self.seconds.low < self.seconds.high else ''}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEstimate:
    """The estimates of all methods of a run, and the folder of its ledger.

    There is no folder if its name depends on images that are not ingested; then `ingest` is the
    estimate of ingesting them. `permutations` of each input are predicted. `disk` in bytes is that
    of all methods, the ledger's plan and the ingest; `basis` are sentences on the measurements
    behind the estimate.
    """

    folder: Path | None
    ingest: IngestEstimate | None = None
    methods: tuple[MethodEstimate, ...]
    disk: int
    basis: tuple[str, ...]
    permutations: int = 0

    @property
    def importance(self) -> Span:
        """The time of permuted inputs, and of equations and final models of linear baselines."""
        return sum((method.importance for method in self.methods), Span())

    @property
    def seconds(self) -> Span:
        """The time of the ingest and of all methods, one after the other, with importance."""
        first = self.ingest.seconds if self.ingest else Span()
        return sum((method.seconds for method in self.methods), first) + self.importance
