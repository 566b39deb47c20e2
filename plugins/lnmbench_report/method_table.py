"""Tables with one or more rows for each method, each row starting with the method's label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench.results import method_labels
from lnmbench_report.cohort_text import synthetic_suffix

METHOD = TableColumn(key="method", heading="Method", align="left")
UNDEFINED = (
    "The mean excludes folds on which a metric is undefined, e.g. a proportion of zero cases."
)


def make_method_table(
    results: Results,
    method_results: Sequence[MethodResult],
    make_rows: Callable[[MethodResult], Iterable[tuple[Cell, ...]]],
    *,
    key: str,
    title: str,
    columns: tuple[TableColumn, ...],
    notes: tuple[str, ...],
) -> list[Block]:
    """Return one table with the rows of each method, or no block without a method.

    Parameters
    ----------
    results
        The results that the table is part of.
    method_results
        The methods in the table.
    make_rows
        Returns the rows of a method without its label, which is the first cell of each.
    key
        The name of the table in machine-readable formats.
    title
        The title; of a synthetic cohort it gets a suffix.
    columns
        The columns after the label.
    notes
        Sentences below the table.
    """
    if not method_results:
        return []
    labels = method_labels(results)
    rows = [(r.method.fingerprint, cells) for r in method_results for cells in make_rows(r)]
    table = Table(
        key=key,
        title=f"{title}{synthetic_suffix(results.card)}",
        columns=(METHOD, *columns),
        rows=tuple((Cell(text=labels[method]), *cells) for method, cells in rows),
        notes=notes,
        methods=tuple((method,) for method, _ in rows),
    )
    return [table]
