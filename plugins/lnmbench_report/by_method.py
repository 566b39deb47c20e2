"""Tables with some rows for each method, which its label begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench_report.arms import names
from lnmbench_report.marks import synthetic_mark

METHOD = TableColumn(key="method", heading="Method", align="left")


def by_method(
    results: Results,
    outcomes: Sequence[MethodResult],
    rows: Callable[[MethodResult], Iterable[tuple[Cell, ...]]],
    *,
    key: str,
    title: str,
    columns: tuple[TableColumn, ...],
    notes: tuple[str, ...],
) -> list[Block]:
    """Return one table with the rows of each outcome, or nothing where there is no outcome.

    `rows` and `columns` leave out the method, which comes first. The title says what is synthetic.
    """
    if not outcomes:
        return []
    labels = names(results)
    made = [(one.method.fingerprint, cells) for one in outcomes for cells in rows(one)]
    table = Table(
        key=key,
        title=f"{title}{synthetic_mark(results.card)}",
        columns=(METHOD, *columns),
        rows=tuple((Cell(text=labels[method]), *cells) for method, cells in made),
        notes=notes,
        methods=tuple((method,) for method, _ in made),
    )
    return [table]
