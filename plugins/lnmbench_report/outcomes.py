"""Performance by outcome of a target with several: counts, AUC, AP and Brier score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench.results import (
    complete_methods,
    drawn_methods,
    for_outcome,
    method_labels,
    metric_heading,
)
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.performance import mean_cell

METRICS = ("auc", "ap", "brier")
MOST_ROWS = 120
"""Rows with all methods; a longer table has those that figures draw."""


class OutcomeTable:
    """Each outcome of the target with its counts, and AUC, AP and Brier score of each method."""

    group: SectionGroup = "performance"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table; no block for a binary target, or while no method is complete."""
        complete = complete_methods(results)
        methods = [result for result in complete if not result.method.is_control]
        if results.outcomes is None or not methods:
            return []
        names = results.outcomes.names
        is_long = len(names) * len(methods) > MOST_ROWS
        if is_long:
            drawn = {result.method.fingerprint for result in drawn_methods(results)}
            methods = [result for result in methods if result.method.fingerprint in drawn]
        by_name = {name: for_outcome(results, name) for name in names}
        metrics = [m for m in METRICS if all(m in each.metrics for each in by_name.values())]
        labels = method_labels(results)
        fingerprints = [result.method.fingerprint for result in methods]
        rows = [
            _make_row(name, outcome, result, labels[result.method.fingerprint], metrics)
            for name, outcome in by_name.items()
            for result in outcome.method_results
            if result.method.fingerprint in fingerprints
        ]
        table = Table(
            key="outcomes",
            title=f"Performance by outcome{synthetic_suffix(results.card)}",
            columns=tuple(_make_columns(results, metrics)),
            rows=tuple(cells for _, cells in rows),
            notes=tuple(
                _write_notes(results, is_long=is_long, controls=len(methods) < len(complete))
            ),
            methods=tuple((method,) for method, _ in rows),
        )
        return [table]


def _make_columns(results: Results, metrics: Sequence[str]) -> Iterator[TableColumn]:
    yield TableColumn(key="outcome", heading="Outcome", align="left")
    yield TableColumn(key="known", heading="Known")
    yield TableColumn(key="positive", heading="Positive")
    yield TableColumn(key="method", heading="Method", align="left")
    for metric in metrics:
        yield TableColumn(key=metric, heading=f"{metric_heading(results, metric)} (95 % CI)")
    yield TableColumn(key="folds", heading="Folds")


def _make_row(
    name: str, outcome: Results, result: MethodResult, label: str, metrics: Sequence[str]
) -> tuple[str, tuple[Cell, ...]]:
    """Return the fingerprint of a method and its cells."""
    first = result.scores[metrics[0]].values if metrics else np.empty(0)
    defined = int(np.count_nonzero(~np.isnan(first)))
    cells = (
        Cell(text=name),
        Cell(text=str(outcome.n), value=float(outcome.n)),
        Cell(text=str(outcome.positives), value=float(outcome.positives)),
        Cell(text=label),
        *(mean_cell(result.summary[metric]) for metric in metrics),
        Cell(text=f"{defined} of {first.size}", value=float(defined)),
    )
    return result.method.fingerprint, cells


def _write_notes(results: Results, *, is_long: bool, controls: bool) -> Iterator[str]:
    yield (
        "Known: cases in which the outcome is known. Folds: outer folds with positive and negative "
        "cases of the outcome, over which AUC and AP are means; intervals as in the table of "
        "performance. Chance-level AP equals the share of positive cases."
    )
    yield (
        "Descriptive: tests compare methods in the primary metric alone. Tests of one AUC (DeLong, "
        "placement, bootstrap) do not apply to a target with several outcomes."
    )
    if results.outcomes is not None and results.outcomes.kind == "ordinal":
        yield "Outcomes are the cut points of the ordered classes."
    if is_long:
        yield "The methods are those that figures draw; the export has the scores of all."
    elif controls:
        yield "Controls are left out; the export has their scores."
