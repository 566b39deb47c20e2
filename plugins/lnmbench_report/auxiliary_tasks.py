"""Auxiliary tasks: prediction of their labels by each network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Block,
    Cell,
    Estimate,
    Method,
    MethodResult,
    Results,
    TableColumn,
    is_shuffled,
)
from lnmbench.results import (
    MISSING,
    PredictionChange,
    complete_methods,
    format_decimal,
    format_interval,
    metric_title,
    prediction_changes,
)
from lnmbench.text import plural
from lnmbench_report.method_table import UNDEFINED, make_method_table

COLUMNS = (
    TableColumn(key="task", heading="Auxiliary task", align="left"),
    TableColumn(key="kind", heading="Label", align="left"),
    TableColumn(key="known", heading="Known"),
    TableColumn(key="scored", heading="Scored"),
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="mean", heading="Mean (95 % CI)"),
)
CHANGES = (
    TableColumn(key="correlation", heading="r without the task"),
    TableColumn(key="mean_change", heading="Mean change"),
)


class AuxiliaryTasks:
    """Each auxiliary task of each complete network: cases with a label, and its metrics."""

    group: SectionGroup = "secondary"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block if no complete network has an auxiliary task."""
        networks = [result for result in complete_methods(results) if result.aux]
        changes = prediction_changes(results)
        return make_method_table(
            results,
            networks,
            lambda result: _make_rows(results, result, changes),
            key="aux",
            title="Auxiliary tasks",
            columns=(*COLUMNS, *(CHANGES if changes else ())),
            notes=tuple(_write_notes(results, networks)),
        )


def _make_rows(
    results: Results, result: MethodResult, changes: Mapping[str, PredictionChange]
) -> Iterator[tuple[Cell, ...]]:
    change = _change_cells(changes.get(result.method.fingerprint)) if changes else ()
    for score in result.aux:
        control = _is_control(result.method, score.task)
        for metric in score.metrics:
            yield (
                Cell(text=f"{score.title} (control)" if control else score.title),
                Cell(text=score.kind),
                Cell(text=_describe_share(score.known, results.n), value=float(score.known)),
                Cell(text=f"{score.scored}", value=float(score.scored)),
                Cell(text=metric_title(results, metric)),
                _mean_cell(score.metrics[metric]),
                *change,
            )


def _describe_share(known: int, n: int) -> str:
    return f"{known} of {n} ({100 * known / n:.0f} %)" if n else f"{known} of {n}"


def _mean_cell(estimate: Estimate) -> Cell:
    if np.isnan(estimate.value):
        return Cell(text=MISSING)
    text = f"{format_decimal(estimate.value)} ({format_interval(estimate.low, estimate.high)})"
    return Cell(text=text, value=estimate.value, low=estimate.low, high=estimate.high)


def _change_cells(change: PredictionChange | None) -> tuple[Cell, ...]:
    if change is None:
        return (Cell(text=MISSING),) * len(CHANGES)
    values = (change.correlation, change.mean_absolute)
    return tuple(
        Cell(text=format_decimal(value), value=None if np.isnan(value) else value)
        for value in values
    )


def _is_control(method: Method, task: str) -> bool:
    return method.is_control or any(is_shuffled(c) for c in method.aux if c.key == task)


def _write_notes(results: Results, networks: Sequence[MethodResult]) -> Iterator[str]:
    yield (
        f"Mean over {plural(results.protocol.units, 'outer fold')}; intervals (CI) corrected for "
        "the training cases that folds share (Nadeau & Bengio 2003) and truncated to the metric's "
        "range."
    )
    counts = [count for n in networks for score in n.aux for count in score.folds.values()]
    if any(0 < count < results.protocol.units for count in counts):
        yield UNDEFINED
    if prediction_changes(results):
        yield (
            "r without the task, mean change: correlation and mean absolute difference of the "
            "target's out-of-fold probabilities with and without the auxiliary tasks of the "
            "network, in each repeat, then averaged. A task that hardly changes them cannot show "
            "an effect."
        )
    scores = [(result.method, score) for result in networks for score in result.aux]
    surplus = [score.scored - score.known for _, score in scores]
    if any(surplus):
        yield "Known: cases with a label that trains the network."
    if min(surplus, default=0) < 0:
        yield "Cases with a label that allows several classes are not scored."
    if max(surplus, default=0) > 0:
        yield "Of a task with a share of its labels (keep), the other labels score it, too."
    if any(_is_control(method, score.task) for method, score in scores):
        yield (
            "Controls are trained and scored on labels of their own: permuted or random ones, "
            "which can be predicted only by chance, or those of the target."
        )
