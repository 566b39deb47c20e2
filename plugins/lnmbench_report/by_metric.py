"""Scores of methods as rows: one for each metric and method, the methods of a metric together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lnmbench.records import Cell, Estimate, MethodResult, Results, Table, TableColumn
from lnmbench_report.arms import names
from lnmbench_report.marks import synthetic_mark
from lnmbench_report.printed import NOTHING, decimal, interval

COLUMNS = (
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="mean", heading="Mean (95 % CI)"),
    TableColumn(key="sd", heading="SD"),
    TableColumn(key="folds", heading="Folds"),
)
LEFT_OUT = "Folds that do not define a metric, as a share of no case, are left out of its mean."


def by_metric(
    results: Results,
    outcomes: Sequence[MethodResult],
    metrics: Sequence[str],
    *,
    key: str,
    title: str,
    notes: tuple[str, ...],
) -> Table:
    """Return one table with a row for each metric of each complete outcome.

    A metric of which less is better says so. The title says what is synthetic.
    """
    labels = names(results)
    pairs = [(metric, outcome) for metric in metrics for outcome in outcomes]
    return Table(
        key=key,
        title=f"{title}{synthetic_mark(results.card)}",
        columns=COLUMNS,
        rows=tuple(
            (
                Cell(text=metric_title(results, metric)),
                Cell(text=labels[outcome.method.fingerprint]),
                *_cells(outcome, metric),
            )
            for metric, outcome in pairs
        ),
        notes=notes,
        methods=tuple((outcome.method.fingerprint,) for _, outcome in pairs),
    )


def metric_title(results: Results, metric: str) -> str:
    """Return the title of a metric, which says where less is better."""
    title = results.metric_titles.get(metric, metric)
    return title if results.metric_better.get(metric, True) else f"{title} (lower is better)"


def lacking(outcomes: Sequence[MethodResult], metric: str) -> bool:
    """Whether a fold of one of the outcomes does not define a metric."""
    return any(bool(np.isnan(outcome.scores[metric].values).any()) for outcome in outcomes)


def folds_cell(outcome: MethodResult, metric: str) -> Cell:
    """Return on how many of how many folds a metric is defined."""
    values = outcome.scores[metric].values
    there = int(np.count_nonzero(~np.isnan(values)))
    return Cell(text=f"{there} of {values.size}", value=float(there))


def mean_cell(mean: Estimate) -> Cell:
    """Return a mean with its interval, a dash where there is none."""
    text = f"{decimal(mean.value)} ({interval(mean.low, mean.high)})"
    known = not np.isnan(mean.value)
    return Cell(text=text if known else NOTHING, value=mean.value, low=mean.low, high=mean.high)


def _cells(outcome: MethodResult, metric: str) -> tuple[Cell, Cell, Cell]:
    sd = outcome.spread[metric]
    mean = mean_cell(outcome.summary[metric])
    return mean, Cell(text=decimal(sd), value=sd), folds_cell(outcome, metric)
