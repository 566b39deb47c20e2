"""Table 1: how well each method does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Cell, Outcome, Results, Table, TableColumn
from lnmbench_tables.arms import complete, names
from lnmbench_tables.figures import counted, decimal, interval
from lnmbench_tables.reading_order import metrics_in_order
from lnmbench_tables.setting import synthetic_mark


class Performance:
    """Each metric of each complete method: mean, corrected 95 % interval, SD over folds."""

    order = 20

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing while no method is complete."""
        outcomes = complete(results)
        if not outcomes or not results.metrics:
            return []
        labels = names(results)
        table = Table(
            key="performance",
            title=f"Table 1. Performance{synthetic_mark(results.card)}",
            columns=tuple(_columns(results)),
            rows=tuple(
                (Cell(text=labels[o.method.fingerprint]), *_cells(results, o)) for o in outcomes
            ),
            notes=tuple(_notes(results)),
        )
        return [table]


def _columns(results: Results) -> Iterator[TableColumn]:
    yield TableColumn(key="method", heading="Method", align="left")
    for metric in metrics_in_order(results):
        title = results.metric_titles.get(metric, metric)
        yield TableColumn(key=metric, heading=f"{title} (95 % CI)")
        yield TableColumn(key=f"{metric}_sd", heading="SD")


def _cells(results: Results, outcome: Outcome) -> Iterator[Cell]:
    for metric in metrics_in_order(results):
        mean, sd = outcome.summary[metric], outcome.spread[metric]
        text = f"{decimal(mean.value)} ({interval(mean.low, mean.high)})"
        yield Cell(text=text, value=mean.value, low=mean.low, high=mean.high)
        yield Cell(text=decimal(sd), value=sd)


def _notes(results: Results) -> Iterator[str]:
    folds = counted(results.protocol.units, "outer fold", "outer folds")
    yield (
        f"Mean over {folds}; intervals (CI) corrected for the training cases that folds share "
        "(Nadeau & Bengio 2003); SD over the folds."
    )
    if "ap" in results.metrics and results.n:
        title = results.metric_titles.get("ap", "ap")
        yield f"Prevalence {decimal(results.positives / results.n)}: the {title} of mere chance."
