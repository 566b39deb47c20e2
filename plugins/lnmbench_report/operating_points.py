"""Operating points: sensitivity, specificity, PPV and NPV at thresholds of the inner folds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, MethodResult, Results, TableColumn
from lnmbench.results import (
    MISSING,
    Aim,
    classify,
    complete_methods,
    format_decimal,
    format_interval,
    list_aims,
)
from lnmbench.stats.operating_points import operating_point
from lnmbench.stats.shares import Share
from lnmbench.text import plural
from lnmbench_report.figure_parts import describe_fixed, describe_predictions
from lnmbench_report.method_table import make_method_table

COLUMNS = (
    TableColumn(key="sensitivity", heading="Sensitivity (95 % CI)"),
    TableColumn(key="specificity", heading="Specificity (95 % CI)"),
    TableColumn(key="ppv", heading="PPV (95 % CI)"),
    TableColumn(key="npv", heading="NPV (95 % CI)"),
)


class OperatingPoints:
    """Each complete method at each operating point that its inner folds chose."""

    group: SectionGroup = "predictions"
    by_outcome = True

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return a table for each operating point, or no block if no metric has a threshold."""
        if not results.truth.size:
            return []
        return [table for aim in list_aims(results) for table in _make_table(results, aim)]


def _make_table(results: Results, aim: Aim) -> Sequence[Block]:
    return make_method_table(
        results,
        [result for result in complete_methods(results) if aim.metrics[0] in result.scores],
        lambda result: [tuple(_make_cells(results, result, aim))],
        key=f"operating_{aim.metrics[0]}",
        title=f"Operating point chosen on the inner folds: {aim.name}",
        columns=COLUMNS,
        notes=tuple(_write_notes(results)),
    )


def _make_cells(results: Results, result: MethodResult, aim: Aim) -> Iterator[Cell]:
    thresholds = result.scores[aim.metrics[0]].thresholds
    predicted = result.predicted
    if predicted is None or thresholds is None or np.isnan(thresholds).any():
        yield from (Cell(text=MISSING) for _ in COLUMNS)
        return
    positive = classify(predicted, results.outer, thresholds)
    point = operating_point(results.truth, positive, patients=results.patients)
    for share in (point.sensitivity, point.specificity, point.ppv, point.npv):
        yield _share_cell(share)


def _share_cell(share: Share) -> Cell:
    if np.isnan(share.estimate):
        return Cell(text=MISSING)
    bounds = share.interval
    text = f"{format_decimal(share.estimate)} ({format_interval(bounds.low, bounds.high)})"
    return Cell(text=text, value=share.estimate, low=bounds.low, high=bounds.high)


def _write_notes(results: Results) -> Iterator[str]:
    fits = plural(results.protocol.inner, "fit")
    yield (
        "The threshold of an outer fold is the one at which the validation predictions of its "
        "training cases reach the aim; if no prediction reaches it, no case is positive. A case "
        "is classified as positive if its probability is not below the threshold of the fold "
        "that tests it."
    )
    yield (
        "Validation predictions come from one fit each, but the threshold is applied to the mean "
        f"of {fits} of the inner folds, which varies less, so the aim may be missed."
    )
    yield (
        f"{describe_predictions(results)} Intervals are Wilson's for the effective number of cases "
        "that follows from the variance between patients. "
        f"{describe_fixed('thresholds and trained models')} {MISSING}: no case is classified so."
    )
