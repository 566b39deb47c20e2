"""Performance: each metric of each method, with its corrected interval over the outer folds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, Estimate, MethodResult, Results, Table, TableColumn
from lnmbench.results import (
    MISSING,
    complete_methods,
    format_decimal,
    format_interval,
    method_labels,
    metric_heading,
    metric_title,
    metrics_in_order,
    primary_metrics_in_order,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.method_table import UNDEFINED, make_method_table

ADJACENT = 2
"""Metrics in columns next to each other; more of them are in rows."""
COLUMNS = (
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="mean", heading="Mean (95 % CI)"),
    TableColumn(key="sd", heading="SD"),
    TableColumn(key="folds", heading="Folds"),
)


class Performance:
    """Each primary metric of each complete method: mean, corrected 95 % interval, SD over folds.

    If a metric is not defined on every fold, the table shows on how many it is.
    """

    group: SectionGroup = "performance"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block while no method is complete."""
        complete, metrics = complete_methods(results), primary_metrics_in_order(results)
        if not complete or not metrics:
            return []
        notes = tuple(_write_notes(results, complete, metrics))
        if len(metrics) > ADJACENT:
            table = _make_metric_table(
                results, complete, metrics, key="performance", title="Performance", notes=notes
            )
            return [table]
        return make_method_table(
            results,
            complete,
            lambda result: [tuple(_make_cells(result, metrics, complete))],
            key="performance",
            title="Performance",
            columns=tuple(_make_columns(results, metrics, complete)),
            notes=notes,
        )


class FurtherMetrics:
    """Each further metric of each complete method: mean, corrected 95 % interval, SD over folds."""

    group: SectionGroup = "secondary"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block without a complete method or a further metric."""
        complete = complete_methods(results)
        metrics = [m for m in metrics_in_order(results) if m not in results.primary_metrics]
        if not complete or not metrics:
            return []
        notes = tuple(_write_further_notes(results, complete, metrics))
        table = _make_metric_table(
            results, complete, metrics, key="further", title="Further metrics", notes=notes
        )
        return [table]


def mean_cell(mean: Estimate) -> Cell:
    """Return a mean with its interval, a dash if it is not defined."""
    text = f"{format_decimal(mean.value)} ({format_interval(mean.low, mean.high)})"
    return Cell(
        text=MISSING if np.isnan(mean.value) else text,
        value=mean.value,
        low=mean.low,
        high=mean.high,
    )


def _make_metric_table(
    results: Results,
    complete: Sequence[MethodResult],
    metrics: Sequence[str],
    *,
    key: str,
    title: str,
    notes: tuple[str, ...],
) -> Table:
    """Return a table with a row for each metric and method, the methods of a metric together."""
    labels = method_labels(results)
    pairs = [(metric, result) for metric in metrics for result in complete]
    return Table(
        key=key,
        title=f"{title}{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(
            (
                Cell(text=metric_heading(results, metric)),
                Cell(text=labels[result.method.fingerprint]),
                mean_cell(result.summary[metric]),
                _sd_cell(result, metric),
                _folds_cell(result, metric),
            )
            for metric, result in pairs
        ),
        notes=notes,
        methods=tuple((result.method.fingerprint,) for _, result in pairs),
    )


def _make_columns(
    results: Results, metrics: Sequence[str], complete: Sequence[MethodResult]
) -> Iterator[TableColumn]:
    for metric in metrics:
        yield TableColumn(key=metric, heading=f"{metric_heading(results, metric)} (95 % CI)")
        yield TableColumn(key=f"{metric}_sd", heading="SD")
        if _has_undefined_folds(complete, metric):
            yield TableColumn(key=f"{metric}_folds", heading="Folds")


def _make_cells(
    result: MethodResult, metrics: Sequence[str], complete: Sequence[MethodResult]
) -> Iterator[Cell]:
    for metric in metrics:
        yield mean_cell(result.summary[metric])
        yield _sd_cell(result, metric)
        if _has_undefined_folds(complete, metric):
            yield _folds_cell(result, metric)


def _sd_cell(result: MethodResult, metric: str) -> Cell:
    sd = result.spread[metric]
    return Cell(text=format_decimal(sd), value=sd)


def _folds_cell(result: MethodResult, metric: str) -> Cell:
    values = result.scores[metric].values
    defined = int(np.count_nonzero(~np.isnan(values)))
    return Cell(text=f"{defined} of {values.size}", value=float(defined))


def _has_undefined_folds(complete: Sequence[MethodResult], metric: str) -> bool:
    return any(bool(np.isnan(result.scores[metric].values).any()) for result in complete)


def _write_notes(
    results: Results, complete: Sequence[MethodResult], metrics: Sequence[str]
) -> Iterator[str]:
    folds = plural(results.protocol.units, "outer fold")
    undefined = any(_has_undefined_folds(complete, metric) for metric in metrics)
    folds = f"those of the {folds} on which the metric is defined" if undefined else folds
    yield (
        f"Mean over {folds}; intervals (CI) corrected for the training cases that folds share "
        "(Nadeau & Bengio 2003) and truncated to the metric's range; SD over the folds."
    )
    if undefined:
        yield UNDEFINED
    yield from _chance_notes(results, metrics)


def _write_further_notes(
    results: Results, complete: Sequence[MethodResult], metrics: Sequence[str]
) -> Iterator[str]:
    yield (
        "Descriptive: these metrics were not declared primary, and no test or Holm correction "
        "covers them. Means, intervals and SD as in the table of performance."
    )
    if any(_has_undefined_folds(complete, metric) for metric in metrics):
        yield UNDEFINED
    scores = [result.scores[metric] for result in complete for metric in metrics]
    if any(score.thresholds is not None for score in scores):
        yield "Thresholds are chosen on the inner folds, never on the test fold."
    yield from _chance_notes(results, metrics)


def _chance_notes(results: Results, metrics: Sequence[str]) -> Iterator[str]:
    if "ap" in metrics and results.n:
        prevalence = format_decimal(results.positives / results.n)
        yield f"Chance-level {metric_title(results, 'ap')} equals the prevalence, {prevalence}."
