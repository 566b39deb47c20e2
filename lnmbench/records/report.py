"""What a report is made of: the scored run that sections read, and the blocks they return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from lnmbench.records.card import Card
from lnmbench.records.cost import Cost
from lnmbench.records.method import Method
from lnmbench.records.protocol import Protocol
from lnmbench.records.score import Compared, Estimate, FoldScores
from lnmbench.records.search import Search

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One method's share of the report: how far it is, and how it did.

    `summary` maps a metric to its mean with the corrected 95 % interval over the outer folds;
    `spread` maps it to the standard deviation over the outer folds. Both are empty while units
    are missing. `search` is None where there was nothing to choose among.
    """

    method: Method
    units_done: int
    units_all: int
    cost: Cost = field(default_factory=Cost)
    scores: Mapping[str, FoldScores] = field(default_factory=dict)
    summary: Mapping[str, Estimate] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    search: Search | None = None

    @property
    def complete(self) -> bool:
        """Whether every unit of the protocol has a result."""
        return self.units_done == self.units_all


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """A run as sections see it: read from the ledger, scored and compared.

    `comparison_roles` maps each comparison to its contract's `role`; `primary` is the name of the
    one that is believed, empty where no plugin offers one. `truth` is (n,).
    """

    cohort: str
    card: Card
    fingerprint: str
    protocol: Protocol
    n: int
    positives: int
    outcomes: tuple[Outcome, ...]
    compared: tuple[Compared, ...]
    metrics: tuple[str, ...]
    metric_titles: Mapping[str, str]
    comparison_titles: Mapping[str, str]
    comparison_roles: Mapping[str, str]
    primary: str
    notes: tuple[str, ...] = ()
    truth: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table cell: what is printed, and the numbers behind it at full precision.

    `value` is None for words; `low` and `high` bound its interval where the text shows one.
    """

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A table column: its key in machine-readable formats, its heading, its alignment."""

    key: str
    heading: str
    align: Literal["left", "right"] = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a report; the renderers know nothing else of a section than its blocks."""

    key: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Sentences of a report under a heading."""

    key: str
    title: str
    lines: tuple[str, ...]


Block = Table | Paragraph
