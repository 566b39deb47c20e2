"""The clinical table of a cohort: cells encoded, ids checked, the name without places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lnmbench.errors import UserError
from lnmbench.records import TEXT_ROLES, Case, Column
from lnmbench.text import plural

Values = dict[str, Sequence[float] | Sequence[str]]


def refuse_doubles(cases: Sequence[Case], name: str) -> None:
    """Raise `UserError` where there are no cases, or two with one id."""
    if not cases:
        raise UserError(f"data set {name} has no cases", then="look into its source")
    doubles = [case for case, count in Counter(case.id for case in cases).items() if count > 1]
    if doubles:
        raise UserError(
            f"data set {name} has {plural(len(doubles), 'id that occurs', 'ids that occur')} "
            "more than once",
            expected="one row for each case",
            got=f"e.g. {doubles[0][:40]!r}",
            then="give repeated patients ids of their own and a column with the role patient",
        )


def encoded(cases: Sequence[Case], columns: Sequence[Column]) -> Values:
    """Return each column's values, in the order of the cases. Raises `UserError` for a cell."""
    values: Values = {}
    for column in columns:
        cells = [(case.values.get(column.name), case.id) for case in cases]
        if column.role == "id":
            values[column.name] = [case.id for case in cases]
        elif column.role in TEXT_ROLES:
            values[column.name] = ["" if cell is None else str(cell) for cell, _ in cells]
        else:
            values[column.name] = [
                column.encode(cell, where=f"case {name[:40]!r}") for cell, name in cells
            ]
    return values
