"""Tests of trained methods against readers and scores, on the cases of the latter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench.results import (
    classify,
    format_decimal,
    format_pvalue,
    format_with_interval,
    list_aims,
    method_labels,
)
from lnmbench.stats.delong import delong_test
from lnmbench.stats.mcnemar import mcnemar_test
from lnmbench.stats.operating_points import threshold_for_specificity
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.figure_parts import require_predictions
from lnmbench_report.untrained_methods.covered_cases import (
    covered_cases,
    trained_methods,
    untrained_methods,
)

METHOD = TableColumn(key="method", heading="Method", align="left")
REFERENCE = TableColumn(key="reference", heading="Against", align="left")
CASES = TableColumn(key="cases", heading="Cases")
RANK_COLUMNS = (
    METHOD,
    REFERENCE,
    CASES,
    TableColumn(key="auc", heading="AUC"),
    TableColumn(key="reference_auc", heading="AUC, against"),
    TableColumn(key="difference", heading="Difference (95 % CI)"),
    TableColumn(key="p", heading="p (DeLong)"),
)
CALL_COLUMNS = (
    METHOD,
    TableColumn(key="aim", heading="Operating point", align="left"),
    REFERENCE,
    CASES,
    TableColumn(key="sensitivity", heading="Sens."),
    TableColumn(key="reference_sensitivity", heading="Sens., against"),
    TableColumn(key="sensitivity_p", heading="p (McNemar)"),
    TableColumn(key="specificity", heading="Spec."),
    TableColumn(key="reference_specificity", heading="Spec., against"),
    TableColumn(key="specificity_p", heading="p (McNemar)"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CallPoint:
    """The calls of a method in the first repeat at an operating point, (n,)."""

    name: str
    called: NDArray[np.bool_]


def compare_ranks(results: Results) -> Iterator[Block]:
    """Yield DeLong's test of each trained method against each ranking that is not trained."""
    rankings = [r for r in untrained_methods(results) if r.method.scale != "call"]
    rows = [
        (method, reference, _rank_cells(results, method, reference))
        for reference in rankings
        for method in trained_methods(results)
    ]
    if rows:
        yield _make_table(
            results,
            rows,
            key="untrained_ranks",
            title="AUC against readers, software and scores, on the same cases",
            columns=RANK_COLUMNS,
            notes=(
                "DeLong's test of AUCs of each repeat, averaged over the repeats; it treats the "
                "trained models as fixed. Exploratory, without correction for multiplicity.",
            ),
        )


def compare_calls(results: Results) -> Iterator[Block]:
    """Yield McNemar's test of each trained method at its operating points against calls."""
    readers = [r for r in untrained_methods(results) if r.method.scale == "call"]
    rows = [
        (method, reference, cells)
        for reference in readers
        for method in trained_methods(results)
        for point in _list_points(results, method, reference)
        if (cells := _call_cells(results, method, reference, point))
    ]
    if rows:
        yield _make_table(
            results,
            rows,
            key="untrained_calls",
            title="Calls against readers and rules, on the same cases",
            columns=CALL_COLUMNS,
            notes=tuple(_write_call_notes(results)),
        )


def _rank_cells(
    results: Results, method: MethodResult, reference: MethodResult
) -> tuple[Cell, ...]:
    covered = covered_cases(reference)
    test = delong_test(
        results.truth[covered],
        require_predictions(reference)[:, covered],
        require_predictions(method)[:, covered],
    )
    low, high = test.interval.low, test.interval.high
    return (
        Cell(text=str(int(covered.sum())), value=float(covered.sum())),
        Cell(text=format_decimal(test.auc_b), value=test.auc_b),
        Cell(text=format_decimal(test.auc_a), value=test.auc_a),
        Cell(
            text=format_with_interval(test.estimate, low, high),
            value=test.estimate,
            low=low,
            high=high,
        ),
        Cell(text=format_pvalue(test.pvalue), value=test.pvalue),
    )


def _list_points(
    results: Results, method: MethodResult, reference: MethodResult
) -> Iterator[CallPoint]:
    """Yield the calls of a method at the specificity of a reader, and at its operating points."""
    predicted = require_predictions(method)
    thresholds = _match_specificity(results, method, reference)
    yield CallPoint(name="the same spec.", called=classify(predicted, results.outer, thresholds)[0])
    for aim in list_aims(results):
        scores = method.scores.get(aim.metrics[0])
        if scores is None or scores.thresholds is None or np.isnan(scores.thresholds).any():
            continue
        called = classify(predicted, results.outer, scores.thresholds)[0]
        yield CallPoint(name=aim.name, called=called)


def _match_specificity(
    results: Results, method: MethodResult, reference: MethodResult
) -> NDArray[np.float64]:
    """Return thresholds (repeats, folds) at which a method is as specific as a reader.

    That of a fold is chosen on the out-of-fold predictions of the other folds.
    """
    read, predicted = require_predictions(reference)[0] == 1.0, require_predictions(method)
    covered, outer = covered_cases(reference), results.outer
    thresholds = np.full((len(outer), int(outer.max()) + 1), -np.inf)
    for fold in range(thresholds.shape[1]):
        chosen = covered & (outer[0] != fold)
        truth = results.truth[chosen]
        specificity = float((~read[chosen][truth == 0.0]).mean()) if (truth == 0.0).any() else 0.0
        if specificity > 0.0 and (truth == 1.0).any():
            thresholds[0, fold] = threshold_for_specificity(
                truth, predicted[0, chosen], specificity
            )
    return thresholds


def _call_cells(
    results: Results, method: MethodResult, reference: MethodResult, point: CallPoint
) -> tuple[Cell, ...]:
    covered = covered_cases(reference)
    called = point.called[covered]
    read = require_predictions(reference)[0, covered] == 1.0
    positive = results.truth[covered] == 1.0
    sensitivity = mcnemar_test(called[positive], read[positive])
    specificity = mcnemar_test(~called[~positive], ~read[~positive])
    shares = (
        called[positive].mean(),
        read[positive].mean(),
        (~called[~positive]).mean(),
        (~read[~positive]).mean(),
    )
    sens, sens_read, spec, spec_read = (
        Cell(text=format_decimal(float(share)), value=float(share)) for share in shares
    )
    return (
        Cell(text=point.name),
        Cell(text=str(int(covered.sum())), value=float(covered.sum())),
        sens,
        sens_read,
        Cell(text=format_pvalue(sensitivity.pvalue), value=sensitivity.pvalue),
        spec,
        spec_read,
        Cell(text=format_pvalue(specificity.pvalue), value=specificity.pvalue),
    )


def _write_call_notes(results: Results) -> Iterator[str]:
    first = " of the first repeat" if results.protocol.repeats > 1 else ""
    yield (
        "The same spec.: the threshold of a fold is the one at which the method is as specific as "
        "the reader on the other folds. Other thresholds are those that the inner folds chose."
    )
    yield (
        f"McNemar's exact test compares the calls{first}: sensitivity on positive and specificity "
        "on negative cases. It treats cases as independent, and thresholds and models as fixed. "
        "Exploratory, without correction for multiplicity."
    )


def _make_table(
    results: Results,
    rows: list[tuple[MethodResult, MethodResult, tuple[Cell, ...]]],
    *,
    key: str,
    title: str,
    columns: tuple[TableColumn, ...],
    notes: tuple[str, ...],
) -> Table:
    labels = method_labels(results)
    before = columns.index(REFERENCE) - 1  # cells between the method and its reference
    return Table(
        key=key,
        title=f"{title}{synthetic_suffix(results.card)}",
        columns=columns,
        rows=tuple(
            (
                Cell(text=labels[method.method.fingerprint]),
                *cells[:before],
                Cell(text=labels[reference.method.fingerprint]),
                *cells[before:],
            )
            for method, reference, cells in rows
        ),
        notes=notes,
        methods=tuple(
            (method.method.fingerprint, reference.method.fingerprint)
            for method, reference, _ in rows
        ),
    )
