"""The clinical table of a cohort: ids checked, cells encoded as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lnmbench.errors import UserError, raise_all
from lnmbench.records import TEXT_ROLES, Case, Column
from lnmbench.tables import encode_cells
from lnmbench.text import plural

Values = dict[str, Sequence[float] | Sequence[str]]


def refuse_duplicate_ids(cases: Sequence[Case], name: str) -> None:
    """Raise `UserError` if there are no cases, or two have one id."""
    if not cases:
        raise UserError(f"data set {name} has no cases", then="check its source")
    repeated = [case for case, count in Counter(case.id for case in cases).items() if count > 1]
    if repeated:
        ids = plural(len(repeated), "id that occurs", "ids that occur")
        raise UserError(
            f"data set {name} has {ids} more than once",
            expected="one row for each case",
            got=f"e.g. {repeated[0][:40]!r}",
            then="give repeated patients ids of their own and a column with the role patient",
        )


def encode_columns(cases: Sequence[Case], columns: Sequence[Column]) -> Values:
    """Return each column's values, in the order of the cases.

    Raises `UserError` for the cells that their columns cannot encode, all at once.
    """
    values: Values = {}
    errors: list[UserError] = []
    places = [f"case {case.id[:40]!r}" for case in cases]
    for column in columns:
        cells = [case.values.get(column.name) for case in cases]
        if column.role == "id":
            values[column.name] = [case.id for case in cases]
        elif column.role in TEXT_ROLES:
            values[column.name] = ["" if cell is None else str(cell) for cell in cells]
        else:
            values[column.name], wrong = encode_cells(column, cells, places)
            errors += wrong
    raise_all(errors, "the cells of the data set")
    return values
