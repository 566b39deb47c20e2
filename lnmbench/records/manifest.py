"""The manifest of a run: its options, what they resolved to, versions and hardware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lnmbench.records.choice import Choice
from lnmbench.records.cohort import Card, Preprocessing
from lnmbench.records.column import OMITTED_BY_DEFAULT
from lnmbench.records.method import Method
from lnmbench.records.protocol import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Versions, hardware and the state of the source, as far as they change numbers or speed."""

    lnmbench: str
    python: str
    packages: Mapping[str, str]
    platform: str
    processor: str
    cpu_count: int
    memory_gb: float
    device: str
    threads: int
    git_commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One invocation of `lnmbench run`.

    `options` are those that were set, `extract` the extractors of features from the images.
    """

    created: str
    options: Mapping[str, object]
    cohort: str
    cohort_fingerprint: str
    card: Card
    preprocessing: Preprocessing
    protocol: Protocol
    methods: tuple[Method, ...]
    notes: tuple[str, ...] = ()
    environment: Environment | None = field(default=None)
    extract: tuple[Choice, ...] = field(default=(), metadata={OMITTED_BY_DEFAULT: True})
