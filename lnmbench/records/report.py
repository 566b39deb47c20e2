"""What a report is made of: the scored run that sections read, and the blocks they return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from lnmbench.defaults import DEFAULTS
from lnmbench.records.auxiliary import AuxLabels
from lnmbench.records.cohort import Card, Preprocessing
from lnmbench.records.figure import Figure
from lnmbench.records.method import Method
from lnmbench.records.profile import Profile
from lnmbench.records.protocol import Protocol
from lnmbench.records.result import Cost, Curve
from lnmbench.records.score import AuxScore, Estimate, FoldScores, PairComparison
from lnmbench.records.search import Search

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodResult:
    """One method's share of the report: how far it is, and how it did.

    `summary` maps a metric to its mean with the corrected 95 % interval over the outer folds;
    `spread` maps it to the standard deviation over the outer folds. Both are NaN for a metric that
    too few folds define, and empty while units are missing. `predicted` (repeats, n) are the
    out-of-fold probabilities of the target. `inner` (repeats, folds) is the first primary metric of
    the validation predictions on which the inner folds chose. `aux` tells of the auxiliary tasks.
    `curve` is None for a baseline, `search` where there was nothing to choose among.
    """

    method: Method
    units_done: int
    units_all: int
    cost: Cost = field(default_factory=Cost)
    scores: Mapping[str, FoldScores] = field(default_factory=dict)
    summary: Mapping[str, Estimate] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    predicted: NDArray[np.float64] | None = None
    inner: NDArray[np.float64] | None = None
    aux: tuple[AuxScore, ...] = ()
    curve: Curve | None = None
    search: Search | None = None

    @property
    def complete(self) -> bool:
        """Whether every unit of the protocol has a result."""
        return self.units_done == self.units_all

    @property
    def probability(self) -> NDArray[np.float64]:
        """The out-of-fold probabilities averaged over the repeats, (n,), of a complete method."""
        assert self.predicted is not None
        mean: NDArray[np.float64] = self.predicted.mean(axis=0)
        return mean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """A run as sections see it: read from the ledger, scored and compared.

    `metrics` are those of the target, `primary_metrics` the declared ones among them.
    `comparison_roles` maps each comparison to its contract's `role`; `primary` is the name of the
    one that is believed, empty where no plugin offers one. `truth` is (n,) of 0 and 1, `outer`
    (repeats, n) the fold in which a case is tested, `patients` (n,) numbers the patients.
    `invocations` are the manifests of every `lnmbench run`, oldest first, as JSON gives them;
    `runs` are the folders that the results were read from. `target_title` says in words what a
    positive case is; it is empty if no plugin offers the target.
    """

    cohort: str
    card: Card
    fingerprint: str
    protocol: Protocol
    n: int
    positives: int
    method_results: tuple[MethodResult, ...]
    compared: tuple[PairComparison, ...]
    metrics: tuple[str, ...]
    metric_titles: Mapping[str, str]
    comparison_titles: Mapping[str, str]
    comparison_roles: Mapping[str, str]
    primary: str
    primary_metrics: tuple[str, ...] = DEFAULTS.primary
    metric_bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    metric_better: Mapping[str, bool] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    truth: NDArray[np.float64] | None = None
    outer: NDArray[np.int16] | None = None
    patients: NDArray[np.int64] | None = None
    aux_labels: Mapping[str, AuxLabels] = field(default_factory=dict)
    profile: Profile | None = None
    preprocessing: Preprocessing | None = None
    invocations: tuple[Mapping[str, Any], ...] = ()
    runs: tuple[str, ...] = ()
    target_title: str = ""


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
    """A table of a report; the renderers know nothing else of a section than its blocks.

    `methods` holds for each row the fingerprints of the methods that it is about: a page that lets
    its reader choose methods shows the row where all of them are chosen. Empty: always shown.
    """

    key: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    methods: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Sentences of a report under a heading."""

    key: str
    title: str
    lines: tuple[str, ...]


Block = Table | Paragraph | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report as one page: its blocks in order, and the methods that its reader may choose.

    `methods` maps fingerprints to labels; those in `chosen` are shown at first, the others come by
    the reader's choice. `badge` is a word or two that stand beside the title, as SYNTHETIC does.
    """

    title: str
    subtitle: str
    methods: Mapping[str, str]
    chosen: tuple[str, ...]
    blocks: tuple[Block, ...]
    badge: str = ""
