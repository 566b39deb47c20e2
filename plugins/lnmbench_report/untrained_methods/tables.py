"""Section on methods that are not trained: coverage, discrimination and calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, MethodResult, Results, TableColumn
from lnmbench.results import (
    MISSING,
    format_decimal,
    format_interval,
    join_and,
    method_labels,
)
from lnmbench.stats.delong import delong_components, delong_interval
from lnmbench.stats.operating_points import operating_point
from lnmbench.stats.resampled import Interval
from lnmbench_report.cohort_text import independence_notes
from lnmbench_report.figure_parts import require_predictions
from lnmbench_report.method_table import make_method_table
from lnmbench_report.untrained_methods.agreement import compare_readers
from lnmbench_report.untrained_methods.covered_cases import covered_cases, untrained_methods
from lnmbench_report.untrained_methods.paired_tests import compare_calls, compare_ranks
from lnmbench_report.untrained_methods.rating_agreement import compare_ratings

COLUMNS = (
    TableColumn(key="scale", heading="Scale", align="left"),
    TableColumn(key="cases", heading="Cases (positive)"),
    TableColumn(key="measure", heading="Measure", align="left"),
    TableColumn(key="value", heading="Value (95 % CI)"),
)


class UntrainedMethods:
    """Readers, other software and scores, and their tests against the trained methods."""

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return the tables, or no block without a method that is not trained."""
        untrained = untrained_methods(results)
        if not untrained or not results.truth.size:
            return []
        return [
            *make_method_table(
                results,
                untrained,
                lambda result: _make_rows(results, result),
                key="untrained",
                title="Readers, software and scores: methods that are not trained",
                columns=COLUMNS,
                notes=tuple(_write_notes(results, untrained)),
            ),
            *compare_ranks(results),
            *compare_calls(results),
            *compare_readers(results),
            *compare_ratings(results),
        ]


def _make_rows(results: Results, result: MethodResult) -> Iterator[tuple[Cell, ...]]:
    """Yield the AUC of a ranking, or the proportions of calls."""
    covered = covered_cases(result)
    truth, predicted = results.truth[covered], require_predictions(result)[:, covered]
    patients = results.patients[covered] if results.patients.size else None
    share = "" if covered.all() else f" of {covered.size}"
    cases = Cell(text=f"{truth.size}{share} ({int(truth.sum())})", value=float(truth.size))
    start = (Cell(text=result.method.scale), cases)
    if result.method.scale != "call":
        auc = delong_components(truth, predicted).auc
        yield (*start, Cell(text="AUC"), _interval_cell(auc, delong_interval(truth, predicted)))
        return
    point = operating_point(truth, predicted == 1.0, patients=patients)
    proportions = {
        "sensitivity": point.sensitivity,
        "specificity": point.specificity,
        "PPV": point.ppv,
        "NPV": point.npv,
    }
    for measure, proportion in proportions.items():
        value = _interval_cell(proportion.estimate, proportion.interval)
        yield (*start, Cell(text=measure), value)


def _is_perfect(results: Results, result: MethodResult) -> bool:
    covered = covered_cases(result)
    return (
        delong_components(results.truth[covered], require_predictions(result)[:, covered]).auc
        == 1.0
    )


def _interval_cell(value: float, bounds: Interval) -> Cell:
    if np.isnan(value):
        return Cell(text=MISSING)
    text = f"{format_decimal(value)} ({format_interval(bounds.low, bounds.high)})"
    return Cell(text=text, value=value, low=bounds.low, high=bounds.high)


def _write_notes(results: Results, untrained: Sequence[MethodResult]) -> Iterator[str]:
    scales = {result.method.scale for result in untrained}
    yield (
        "Their predictions do not depend on the training cases. Intervals of the AUC are DeLong's, "
        "others Wilson's; both are over cases."
    )
    if "call" in scales:
        yield (
            "Calls are one operating point each: they have no ROC curve, no AUC and no "
            "calibration, and are in no other table."
        )
    if "rating" in scales:
        yield "Ratings order the cases; they are no probabilities and cannot be calibrated."
    if any(result.method.partial for result in untrained):
        yield (
            "A method that lacks predictions of some cases is in this section and the ROC figure "
            "alone; tests compare it with other methods on the cases that it has."
        )
    labels = method_labels(results)
    perfect = [labels[r.method.fingerprint] for r in untrained if _is_perfect(results, r)]
    if perfect:
        yield (
            f"{join_and(perfect)}: the predictions are all right; make sure that they were made "
            "without knowledge of the target."
        )
    yield from independence_notes(results, "tests and intervals of the AUC treat")
