"""How well each method does in the metrics that decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Cell, MethodResult, Results, TableColumn
from lnmbench_report.arms import complete
from lnmbench_report.by_method import by_method
from lnmbench_report.by_metric import (
    LEFT_OUT,
    by_metric,
    folds_cell,
    lacking,
    mean_cell,
    metric_title,
)
from lnmbench_report.printed import counted, decimal
from lnmbench_report.reading_order import primary_in_order

KEY, TITLE = "performance", "Performance"
BESIDE = 2
"""Metrics that stand beside each other; more of them stand below each other."""


class Performance:
    """Each primary metric of each complete method: mean, corrected 95 % interval, SD over folds.

    On how many folds a metric is defined stands beside it where these are not all.
    """

    order = 20

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing while no method is complete."""
        outcomes, metrics = complete(results), primary_in_order(results)
        if not outcomes or not metrics:
            return []
        notes = tuple(_notes(results, outcomes, metrics))
        if len(metrics) > BESIDE:
            return [by_metric(results, outcomes, metrics, key=KEY, title=TITLE, notes=notes)]
        return by_method(
            results,
            outcomes,
            lambda outcome: [tuple(_cells(outcome, metrics, outcomes))],
            key=KEY,
            title=TITLE,
            columns=tuple(_columns(results, metrics, outcomes)),
            notes=notes,
        )


def _columns(
    results: Results, metrics: Sequence[str], outcomes: Sequence[MethodResult]
) -> Iterator[TableColumn]:
    for metric in metrics:
        title = metric_title(results, metric)
        yield TableColumn(key=metric, heading=f"{title} (95 % CI)")
        yield TableColumn(key=f"{metric}_sd", heading="SD")
        if lacking(outcomes, metric):
            yield TableColumn(key=f"{metric}_folds", heading="Folds")


def _cells(
    outcome: MethodResult, metrics: Sequence[str], outcomes: Sequence[MethodResult]
) -> Iterator[Cell]:
    for metric in metrics:
        sd = outcome.spread[metric]
        yield mean_cell(outcome.summary[metric])
        yield Cell(text=decimal(sd), value=sd)
        if lacking(outcomes, metric):
            yield folds_cell(outcome, metric)


def _notes(
    results: Results, outcomes: Sequence[MethodResult], metrics: Sequence[str]
) -> Iterator[str]:
    folds = counted(results.protocol.units, "outer fold", "outer folds")
    gaps = any(lacking(outcomes, metric) for metric in metrics)
    folds = f"those of the {folds} that define the metric" if gaps else folds
    yield (
        f"Mean over {folds}; intervals (CI) corrected for the training cases that folds share "
        "(Nadeau & Bengio 2003) and cut where the metric ends; SD over the folds."
    )
    if gaps:
        yield LEFT_OUT
    if "ap" in metrics and results.n:
        title = results.metric_titles.get("ap", "ap")
        yield f"Prevalence {decimal(results.positives / results.n)}: the {title} of mere chance."
