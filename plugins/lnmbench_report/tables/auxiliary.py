"""How well the networks predict the labels of their auxiliary tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.records import AuxScore, Block, Cell, Method, MethodResult, Results, TableColumn
from lnmbench_report.arms import complete
from lnmbench_report.by_method import by_method
from lnmbench_report.patients import taken_for_independent
from lnmbench_report.printed import NOTHING, counted, decimal, interval

COLUMNS = (
    TableColumn(key="task", heading="Auxiliary task", align="left"),
    TableColumn(key="kind", heading="Label", align="left"),
    TableColumn(key="known", heading="Known"),
    TableColumn(key="scored", heading="Scored"),
)


class Auxiliary:
    """Each auxiliary task of each complete network: cases with a label, and its metrics."""

    order = 42

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing where no complete network has an auxiliary task."""
        outcomes = [outcome for outcome in complete(results) if outcome.aux]
        metrics = list(
            dict.fromkeys(name for one in outcomes for score in one.aux for name in score.metrics)
        )
        return by_method(
            results,
            outcomes,
            lambda outcome: _rows(results, outcome, metrics),
            key="aux",
            title="Auxiliary tasks",
            columns=(*COLUMNS, *(_column(results, name) for name in metrics)),
            notes=tuple(_notes(results, outcomes)),
        )


def _column(results: Results, metric: str) -> TableColumn:
    title = results.metric_titles.get(metric, metric)
    return TableColumn(key=metric, heading=f"{title} (95 % CI)")


def _rows(
    results: Results, outcome: MethodResult, metrics: Sequence[str]
) -> Iterator[tuple[Cell, ...]]:
    for score in outcome.aux:
        scored = _scored(results, score)
        control = _is_control(outcome.method, score.task)
        yield (
            Cell(text=f"{score.title} (control)" if control else score.title),
            Cell(text=score.kind),
            Cell(text=f"{score.known} of {results.n}", value=float(score.known)),
            Cell(text=NOTHING) if scored is None else Cell(text=f"{scored}", value=float(scored)),
            *(_metric(score, name) for name in metrics),
        )


def _metric(score: AuxScore, name: str) -> Cell:
    found = score.metrics.get(name)
    if found is None or np.isnan(found.value):
        return Cell(text=NOTHING)
    text = f"{decimal(found.value)} ({interval(found.low, found.high)})"
    return Cell(text=text, value=found.value, low=found.low, high=found.high)


def _scored(results: Results, score: AuxScore) -> int | None:
    labels = results.aux_labels.get(score.task)
    if labels is None:
        return None
    flat = labels.values.reshape(len(labels.values), -1)
    return int((~np.isnan(flat).any(axis=1)).sum())


def _is_control(method: Method, task: str) -> bool:
    of_task = [choice for choice in method.aux if str(choice) == task]
    return any(str(choice.parameters.get("shuffled", 0)) != "0" for choice in of_task)


def _notes(results: Results, outcomes: Sequence[MethodResult]) -> Iterator[str]:
    repeats = counted(results.protocol.repeats, "repeat", "repeats")
    yield (
        f"On out-of-fold predictions averaged over {repeats}; intervals (CI) are BCa bootstraps "
        "over cases."
    )
    yield from taken_for_independent(results)
    scores = [score for outcome in outcomes for score in outcome.aux]
    if any(_scored(results, score) not in (None, score.known) for score in scores):
        yield (
            "Known: cases with a label, which are learned. Not scored are those whose label leaves "
            "open which of several classes they are."
        )
    if any(_is_control(one.method, score.task) for one in outcomes for score in one.aux):
        yield (
            "Controls learn labels that were dealt out at random, and are scored on these: by "
            "chance alone can they be predicted."
        )
