"""Selection frequency of features, and the stability of the selection over the inner fits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    SELECT,
    BaselineMethod,
    Block,
    Cell,
    MethodResult,
    Paragraph,
    Results,
    Table,
    TableColumn,
)
from lnmbench.results import MISSING, complete_methods, join_and
from lnmbench.stats import selection_stability
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix

MOST_FEATURES = 10
"""Features of a method and modality in the short table."""
COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="feature", heading="Feature", align="left"),
    TableColumn(key="modality", heading="Modality", align="left"),
    TableColumn(key="share", heading="Selected"),
)
STABILITY_COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="modality", heading="Modality", align="left"),
    TableColumn(key="fits", heading="Fits"),
    TableColumn(key="candidates", heading="Features"),
    TableColumn(key="selected", heading="Selected (range)"),
    TableColumn(key="stability", heading="Stability"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selections:
    """The features of a modality that each fit of a method selected for an outcome."""

    result: MethodResult
    modality: str
    outcome: str
    candidates: int
    fits: tuple[tuple[str, ...], ...]

    @property
    def title(self) -> str:
        """The modality, after the outcome if the target has several."""
        return f"{self.outcome}: {self.modality}" if self.outcome else self.modality

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The features with the share of fits that selected them, the most frequent first."""
        counts = Counter(name for names in self.fits for name in names)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [(name, count / len(self.fits)) for name, count in ordered]

    @property
    def stability(self) -> float:
        """The stability of the selection."""
        names = [name for name, _ in self.shares]
        selected = np.zeros((len(self.fits), self.candidates), dtype=np.bool_)
        positions = {name: position for position, name in enumerate(names)}
        for row, fit in zip(selected, self.fits, strict=True):
            row[[positions[name] for name in fit]] = True
        return selection_stability(selected)


class SelectedFeatures:
    """The features that `select=` selected in the inner fits, and how stable this is."""

    group: SectionGroup = "secondary"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return the tables, or no block if no method selects features."""
        selections = [
            each for result in complete_methods(results) for each in _collect(results, result)
        ]
        blocks: list[Block] = list(_make_tables(results, selections)) if selections else []
        return [*blocks, *_describe_missing(results)]


def _describe_missing(results: Results) -> Iterator[Paragraph]:
    """Yield a paragraph on methods that select features, but whose run did not store them."""
    labels = [
        result.method.label
        for result in complete_methods(results)
        if isinstance(result.method, BaselineMethod)
        and result.method.baseline.parameters.get(SELECT, "none") != "none"
        and not result.selections
    ]
    if labels:
        yield Paragraph(
            key="missing_selections",
            title="Selected features",
            lines=(
                f"The version of lnmbench that ran {join_and(labels)} did not store the selected"
                " features; a run in a new directory (--out) has their frequency.",
            ),
        )


def _collect(results: Results, result: MethodResult) -> Iterator[_Selections]:
    """Yield the selections of a method for each modality and outcome."""
    outcomes = ("",) if results.outcomes is None else results.outcomes.names
    modalities = {each.modality: each for unit in result.selections for each in unit.modalities}
    for name, example in modalities.items():
        by_fit = [
            fit
            for unit in result.selections
            for each in unit.modalities
            if each.modality == name
            for fit in each.fits
        ]
        for position, outcome in enumerate(outcomes):
            fits = [fit[position] for fit in by_fit if position < len(fit)]
            fitted = tuple(names for names in fits if names is not None)
            most = max((len({*names}) for names in fitted), default=0)
            distinct = {name for names in fitted for name in names}
            if fitted and most and len(distinct) <= example.candidates:
                yield _Selections(
                    result=result,
                    modality=name,
                    outcome=outcome,
                    candidates=example.candidates,
                    fits=fitted,
                )


def _make_tables(results: Results, selections: Sequence[_Selections]) -> Iterator[Table]:
    rows = [(each, *pair) for each in selections for pair in each.shares]
    shown = [(each, *pair) for each in selections for pair in each.shares[:MOST_FEATURES]]
    notes = [
        "Selected: share of the inner fits that selected the feature, on their training cases. "
        "Of features that carry the same information, each fit may select another one: a share "
        "is no importance."
    ]
    if len(rows) > len(shown):
        hidden = plural(len(rows) - len(shown), "more selected feature")
        notes.append(f"{hidden}: in the complete table of HTML, LaTeX and CSV reports.")
    yield _make_table(results, "selected_features", "Selection frequency", shown, notes)
    if len(rows) > len(shown):
        title = "Selection frequency of all selected features"
        yield _make_table(results, "all_selected_features", title, rows, [], exhaustive=True)
    yield _make_stability_table(results, selections)


def _make_table(
    results: Results,
    key: str,
    title: str,
    rows: Sequence[tuple[_Selections, str, float]],
    notes: Sequence[str],
    *,
    exhaustive: bool = False,
) -> Table:
    return Table(
        key=key,
        title=f"{title}{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(
            (
                Cell(text=each.result.method.label),
                Cell(text=feature),
                Cell(text=each.title),
                Cell(text=f"{100 * share:.0f} %", value=share),
            )
            for each, feature, share in rows
        ),
        notes=tuple(notes),
        methods=tuple((each.result.method.fingerprint,) for each, _, _ in rows),
        exhaustive=exhaustive,
    )


def _make_stability_table(results: Results, selections: Sequence[_Selections]) -> Table:
    return Table(
        key="selection_stability",
        title=f"Stability of the selection{synthetic_suffix(results.card)}",
        columns=STABILITY_COLUMNS,
        rows=tuple(tuple(_make_stability_cells(each)) for each in selections),
        notes=(
            "Stability (Nogueira et al. 2018): 1 if all fits select the same features, 0 if they "
            "agree as sets drawn at random do. Training cases of the fits overlap, so that fits "
            "of other patients would agree less, and there is no interval.",
        ),
        methods=tuple((each.result.method.fingerprint,) for each in selections),
    )


def _make_stability_cells(each: _Selections) -> Iterator[Cell]:
    sizes = [len(names) for names in each.fits]
    mean, stability = float(np.mean(sizes)), each.stability
    yield Cell(text=each.result.method.label)
    yield Cell(text=each.title)
    yield Cell(text=str(len(each.fits)), value=float(len(each.fits)))
    yield Cell(text=str(each.candidates), value=float(each.candidates))
    yield Cell(
        text=f"{mean:.1f} ({min(sizes)} to {max(sizes)})",
        value=mean,
        low=float(min(sizes)),
        high=float(max(sizes)),
    )
    if math.isnan(stability):
        yield Cell(text=MISSING)
    else:
        yield Cell(text=f"{stability:.2f}".replace("-", "−"), value=stability)
