"""What a threshold makes of the probabilities: errors of two kinds, and what acting is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Block, Cell, MethodResult, Results, TableColumn
from lnmbench.stats.operating_points import Share, operating_point
from lnmbench_report.arms import complete
from lnmbench_report.by_method import by_method
from lnmbench_report.patients import taken_for_independent
from lnmbench_report.printed import NOTHING, counted, decimal, interval, listed
from lnmbench_report.reading_order import metrics_in_order

COLUMNS = (
    TableColumn(key="sensitivity", heading="Sensitivity (95 % CI)"),
    TableColumn(key="specificity", heading="Specificity (95 % CI)"),
    TableColumn(key="ppv", heading="PPV (95 % CI)"),
    TableColumn(key="npv", heading="NPV (95 % CI)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What the inner folds chose thresholds for: the metrics that share them, and its name."""

    metrics: tuple[str, ...]
    name: str


class OperatingPoints:
    """Each complete method at each operating point that its inner folds chose."""

    order = 44

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return a table for each operating point; nothing where no metric has a threshold."""
        if results.truth is None or results.outer is None:
            return []
        return [table for aim in aims(results) for table in _table(results, aim)]


def aims(results: Results) -> list[Aim]:
    """Return the operating points: metrics that have the same thresholds in every method."""
    alike: dict[tuple[bytes, ...], list[str]] = {}
    for metric in metrics_in_order(results):
        found = [one.scores[metric].thresholds for one in complete(results) if metric in one.scores]
        there = [thresholds.tobytes() for thresholds in found if thresholds is not None]
        if there:
            alike.setdefault(tuple(there), []).append(metric)
    return [
        Aim(metrics=tuple(metrics), name=_name([results.metric_titles[one] for one in metrics]))
        for metrics in alike.values()
    ]


def called_positive(
    predicted: NDArray[np.float64], outer: NDArray[np.int16], thresholds: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which cases are called positive, (n,), each repeat having thresholds of its own.

    A case is positive where in at least half of the repeats its prediction is not below the
    threshold of the fold in which it is tested, which is what the metrics of a fold count too.
    `predicted` and `outer` are (repeats, n), `thresholds` (repeats, folds), infinite where nobody
    is positive.
    """
    own = np.take_along_axis(thresholds, outer.astype(np.intp), axis=1)
    return np.asarray((predicted >= own).mean(axis=0) >= 0.5)


def _name(titles: Sequence[str]) -> str:
    """What titles such as "NPV at sens. .90" have behind their "at"; else the titles."""
    behind = {title.partition(" at ")[2] for title in titles}
    return behind.pop() if len(behind) == 1 and "" not in behind else listed(list(titles))


def _table(results: Results, aim: Aim) -> Sequence[Block]:
    return by_method(
        results,
        [one for one in complete(results) if aim.metrics[0] in one.scores],
        lambda outcome: [tuple(_cells(results, outcome, aim))],
        key=f"operating_{aim.metrics[0]}",
        title=f"Operating point chosen on the inner folds: {aim.name}",
        columns=COLUMNS,
        notes=tuple(_notes(results)),
    )


def _cells(results: Results, outcome: MethodResult, aim: Aim) -> Iterator[Cell]:
    thresholds = outcome.scores[aim.metrics[0]].thresholds
    assert results.truth is not None
    assert results.outer is not None
    assert outcome.predicted is not None
    if thresholds is None or np.isnan(thresholds).any():
        yield from (Cell(text=NOTHING) for _ in COLUMNS)
        return
    called = called_positive(outcome.predicted, results.outer, thresholds)
    point = operating_point(results.truth, called, 0.5)
    for share in (point.sensitivity, point.specificity, point.ppv, point.npv):
        yield _share(share)


def _share(share: Share) -> Cell:
    if not share.total:
        return Cell(text=NOTHING)
    bounds = share.interval
    text = f"{decimal(share.estimate)} ({interval(bounds.low, bounds.high)})"
    return Cell(text=text, value=share.estimate, low=bounds.low, high=bounds.high)


def _notes(results: Results) -> Iterator[str]:
    half = ", in at least half of the repeats" if results.protocol.repeats > 1 else ""
    fits = counted(results.protocol.inner, "fit", "fits")
    yield (
        "Each outer fold takes the threshold at which the validation predictions of its training "
        "cases reach the aim; where no prediction reaches it, nobody is positive. A case is called "
        "positive where its probability is not below the threshold of the fold that tests "
        f"it{half}."
    )
    yield (
        "The validation predictions are of one fit each; the threshold is applied to the mean of "
        f"{fits} of the inner folds, whose spread is smaller, so that the aim may be missed."
    )
    yield (
        "All cases are counted once; Wilson intervals, which take cases as independent and "
        f"thresholds as given. {NOTHING}: no case is called so."
    )
    yield from taken_for_independent(results)
