"""Tables with a row for each compared pair of methods in one metric."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.records import Cell, PairComparison, Results, Table, TableColumn, TestResult
from lnmbench.results import MISSING, format_pvalue, method_labels, metric_heading
from lnmbench_report.cohort_text import synthetic_suffix

PAIR_COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="against", heading="against", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
)


def make_pair_table(
    results: Results,
    comparisons: Sequence[PairComparison],
    *,
    key: str,
    title: str,
    columns: tuple[TableColumn, ...],
    rows: Sequence[tuple[Cell, ...]],
    notes: tuple[str, ...],
    exhaustive: bool = False,
) -> Table:
    """Return a table with a row for each comparison: method, comparator, metric, then `rows`.

    Parameters
    ----------
    results
        The results.
    comparisons
        The pairs; b is the method, a its comparator.
    key, title
        Key and title of the table.
    columns
        The columns after the metric.
    rows
        The cells of these columns, one row for each comparison.
    notes
        The notes below the table.
    exhaustive
        Whether the table is too long for the terminal.

    Returns
    -------
    Table
        The table.
    """
    labels = method_labels(results)
    heads = [
        (labels[c.method_b], labels[c.method_a], metric_heading(results, c.metric))
        for c in comparisons
    ]
    return Table(
        key=key,
        title=f"{title}{synthetic_suffix(results.card)}",
        columns=(*PAIR_COLUMNS, *columns),
        rows=tuple(
            (*(Cell(text=text) for text in head), *row)
            for head, row in zip(heads, rows, strict=True)
        ),
        notes=notes,
        methods=tuple((c.method_b, c.method_a) for c in comparisons),
        exhaustive=exhaustive,
    )


def pvalue_cell(test: TestResult | None) -> Cell:
    """Return the p value of a test, or the mark of a missing one."""
    if test is None:
        return Cell(text=MISSING)
    return Cell(text=format_pvalue(test.pvalue), value=test.pvalue)
