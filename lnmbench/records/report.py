"""Records of a report: the scored results that sections read, and the blocks they return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from lnmbench.defaults import DEFAULTS
from lnmbench.records.auxiliary import AuxLabels
from lnmbench.records.case_thumbnails import CaseThumbnails
from lnmbench.records.check import CheckResult
from lnmbench.records.cohort import Card, Preprocessing
from lnmbench.records.equation import FinalModel, UnitEquations
from lnmbench.records.feature_selection import UnitSelections
from lnmbench.records.figure import Figure
from lnmbench.records.gallery import Gallery
from lnmbench.records.importance import InputImportance
from lnmbench.records.manifest import Manifest
from lnmbench.records.method import Method
from lnmbench.records.outcomes import Outcomes
from lnmbench.records.probe import EncoderProbe
from lnmbench.records.profile import Profile
from lnmbench.records.protocol import Protocol
from lnmbench.records.result import Cost, Curve
from lnmbench.records.score import AuxScore, Estimate, FoldScores, PairComparison
from lnmbench.records.search import Search

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ScoreCases = Callable[["NDArray[np.float64]", "NDArray[np.float64]"], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodResult:
    """The results of one method.

    Attributes
    ----------
    method
        The method with its settings.
    units_done, units_all
        The numbers of finished units and of all units of the protocol.
    cost
        Time and memory of the finished units.
    scores
        The scores of each outer fold by metric.
    summary
        The mean with the corrected 95 % interval over the outer folds by metric; NaN if too few
        folds define the metric. Empty while units are missing, like `scores` and `spread`.
    spread
        The standard deviation over the outer folds by metric.
    predicted
        The out-of-fold probabilities of the target, (repeats, n). Compute a statistic in each
        repeat and average it: averaged probabilities are those of a larger ensemble. None for a
        target with several outcomes.
    outcome_predictions
        The same of a target with m outcomes, (repeats, n, m); None for a binary target.
    by_outcome
        The results of each outcome by its name, over the cases in which it is known; empty for a
        binary target. A fold without cases of both classes does not define most metrics.
    inner
        The first primary metric of the validation predictions that selected the setting,
        (repeats, folds).
    aux
        The scores of the auxiliary tasks.
    curve
        The learning curve, None for a baseline.
    search
        The hyperparameter search, None without candidates.
    importance
        The importance of features and modalities in the first primary metric; empty unless the run
        computed it.
    equations
        The equations of a linear model for each unit, and `final_model` that of all cases, if the
        run computed the importance.
    selections
        The features that a baseline with a selection of features selected in each unit.
    """

    method: Method
    units_done: int
    units_all: int
    cost: Cost = field(default_factory=Cost)
    scores: Mapping[str, FoldScores] = field(default_factory=dict)
    summary: Mapping[str, Estimate] = field(default_factory=dict)
    spread: Mapping[str, float] = field(default_factory=dict)
    predicted: NDArray[np.float64] | None = None
    outcome_predictions: NDArray[np.float64] | None = None
    by_outcome: Mapping[str, MethodResult] = field(default_factory=dict)
    inner: NDArray[np.float64] | None = None
    aux: tuple[AuxScore, ...] = ()
    curve: Curve | None = None
    search: Search | None = None
    importance: tuple[InputImportance, ...] = ()
    equations: tuple[UnitEquations, ...] = ()
    final_model: FinalModel | None = None
    selections: tuple[UnitSelections, ...] = ()

    @property
    def complete(self) -> bool:
        """True if every unit of the protocol has a result."""
        return self.units_done == self.units_all


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginFault:
    """A metric, comparison, section or method that failed and is left out: role, name, fault."""

    role: str
    name: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Results:
    """The results of a run, or of merged runs over one cohort: scored and compared.

    Attributes
    ----------
    cohort
        The data set in its typed form.
    card
        The description of the cohort.
    fingerprint
        The fingerprint of the cohort file.
    protocol
        The target and the design of validation.
    n, positives
        The numbers of cases and of positive cases.
    method_results
        The results of each method, baselines first.
    pair_comparisons
        The comparisons of pairs of complete methods in each primary metric.
    metrics, primary_metrics
        The names of the target's metrics, and of the primary ones among them.
    metric_titles, metric_bounds, metric_better
        Titles, ranges, and whether greater values are better, by name of the metric.
    metric_functions
        The metrics as functions of labels (n,) and probabilities (n,), by name.
    comparison_titles, comparison_roles
        Titles and contract roles by name of the comparison.
    primary
        The name of the primary comparison, empty if no plugin offers one.
    notes
        Notes of planning and of every invocation.
    truth
        The labels of the target, (n,), 0 or 1; with several outcomes, 1 if any is positive.
    outcomes
        The outcomes of the target, None for a binary one; `lnmbench.results.for_outcome` returns
        the results of one.
    outer
        The outer fold in which each case is tested, (repeats, n).
    patients
        The index of each case's patient, (n,).
    aux_labels
        The labels of the auxiliary tasks.
    profile
        Counts and quartiles of the cohort's columns.
    probes
        The linear probes of the encoders, by the `probe_key` of their networks.
    preprocessing
        The settings of the images.
    invocations
        The manifests of every `lnmbench run`, oldest first.
    runs
        The run directories.
    target_title
        The positive class in words, empty if no plugin offers the target.
    faults
        The metrics, comparisons and methods that failed and are left out.
    check_results
        The results of the numbered checks, errors first; empty for the checks themselves.
    thumbnails
        The images of the cases, None unless the user asks for them.
    """

    cohort: str
    card: Card
    fingerprint: str
    protocol: Protocol
    n: int
    positives: int
    method_results: tuple[MethodResult, ...]
    pair_comparisons: tuple[PairComparison, ...]
    metrics: tuple[str, ...]
    metric_titles: Mapping[str, str]
    comparison_titles: Mapping[str, str]
    comparison_roles: Mapping[str, str]
    primary: str
    truth: NDArray[np.float64]
    outer: NDArray[np.int16]
    patients: NDArray[np.int64]
    primary_metrics: tuple[str, ...] = DEFAULTS.primary
    metric_bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    metric_better: Mapping[str, bool] = field(default_factory=dict)
    metric_functions: Mapping[str, ScoreCases] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    aux_labels: Mapping[str, AuxLabels] = field(default_factory=dict)
    profile: Profile | None = None
    probes: Mapping[str, EncoderProbe] = field(default_factory=dict)
    preprocessing: Preprocessing | None = None
    invocations: tuple[Manifest, ...] = ()
    runs: tuple[str, ...] = ()
    target_title: str = ""
    faults: tuple[PluginFault, ...] = ()
    check_results: tuple[CheckResult, ...] = ()
    outcomes: Outcomes | None = None
    thumbnails: CaseThumbnails | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table cell: its text, and its numbers at full precision.

    `value` is None for text without a number; `low` and `high` are the bounds of its interval.
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
    """A table of a report.

    `methods` are the fingerprints of each row's methods: an HTML page shows the row if all of them
    are chosen. A row without methods is always shown. An `exhaustive` table is too long to read:
    the terminal and Markdown leave it out, and a note of another block says so.
    """

    key: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    methods: tuple[tuple[str, ...], ...] = ()
    exhaustive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Sentences of a report under a heading."""

    key: str
    title: str
    lines: tuple[str, ...]


Block = Table | Paragraph | Figure | Gallery


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report as one page: its blocks in order, and the methods that its reader may choose.

    `methods` maps fingerprints to labels; those in `chosen` are shown at first. `badge` is a short
    label next to the title, as SYNTHETIC. `faults` are lines on what failed and is left out.
    `controls` are the fingerprints of the methods that are controls.
    """

    title: str
    subtitle: str
    methods: Mapping[str, str]
    chosen: tuple[str, ...]
    blocks: tuple[Block, ...]
    badge: str = ""
    faults: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
