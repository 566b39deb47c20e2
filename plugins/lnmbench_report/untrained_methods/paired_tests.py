"""Tests of trained methods against readers and scores, on the cases of the latter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench.results import (
    Aim,
    classify,
    format_decimal,
    format_pvalue,
    format_with_interval,
    list_aims,
    method_labels,
)
from lnmbench.stats.delong import delong_test
from lnmbench.stats.mcnemar import mcnemar_test
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
    TableColumn(key="sensitivity", heading="Sensitivity"),
    TableColumn(key="reference_sensitivity", heading="Sensitivity, against"),
    TableColumn(key="sensitivity_p", heading="p (McNemar)"),
    TableColumn(key="specificity", heading="Specificity"),
    TableColumn(key="reference_specificity", heading="Specificity, against"),
    TableColumn(key="specificity_p", heading="p (McNemar)"),
)


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
        for aim in list_aims(results)
        if (cells := _call_cells(results, method, reference, aim))
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


def _call_cells(
    results: Results, method: MethodResult, reference: MethodResult, aim: Aim
) -> tuple[Cell, ...]:
    """Return the cells of a pair at an operating point; none if a fold has no threshold."""
    scores = method.scores.get(aim.metrics[0])
    if scores is None or scores.thresholds is None or np.isnan(scores.thresholds).any():
        return ()
    covered = covered_cases(reference)
    predicted = require_predictions(method)
    called = classify(predicted, results.outer, scores.thresholds)[0, covered]
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
        Cell(text=aim.name),
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
        f"Calls{first} at the thresholds that the inner folds chose. McNemar's exact test compares "
        "sensitivity on positive and specificity on negative cases; it treats cases as "
        "independent, and thresholds and models as fixed. Exploratory, without correction for "
        "multiplicity."
    )
    yield (
        "A method with a higher sensitivity and a lower specificity than a reader may have the "
        "same ROC curve: compare the reader's point with the curve."
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
