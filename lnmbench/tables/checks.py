"""Checks of the rows of a table: ids, and cells that columns can encode."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from lnmbench.errors import UserError, raise_all
from lnmbench.records import UNCODED_ROLES, Column
from lnmbench.text import plural


def require_unique_ids(ids: Iterable[str], *, where: str, noun: str = "patient id") -> None:
    """Raise `UserError` if an id is missing or occurs twice.

    Parameters
    ----------
    ids
        Ids of the rows.
    where
        The file in error messages.
    noun
        Noun for an id in error messages.
    """
    counts = Counter(ids)
    missing = counts.pop("", 0)
    repeated = sum(count > 1 for count in counts.values())
    if repeated or missing:
        problem = plural(missing, f"{noun} is", f"{noun}s are") + " empty"
        if repeated:
            problem = plural(repeated, f"{noun} occurs", f"{noun}s occur") + " more than once"
        raise UserError(problem, where=where, expected="one row per patient, each with an id")


def require_cells(
    columns: Iterable[Column],
    ids: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    *,
    where: str = "case",
) -> None:
    """Raise `UserError` for the cells that their columns cannot encode, all at once.

    Parameters
    ----------
    columns
        The columns; those that are not encoded are skipped.
    ids
        The id of each case, for the message.
    rows
        The cells of each case, by names of columns.
    where
        Noun for a case in the message.
    """
    places = [f"{where} {id_[:40]!r}" for id_ in ids]
    errors: list[UserError] = []
    for column in columns:
        if column.role not in UNCODED_ROLES:
            _, wrong = encode_cells(column, [row[column.name] for row in rows], places)
            errors += wrong
    raise_all(errors, "the table")


def encode_cells(
    column: Column, cells: Sequence[object], places: Sequence[str]
) -> tuple[list[float], list[UserError]]:
    """Return the numbers of a column's cells, and an error if it cannot encode some of them.

    Parameters
    ----------
    column
        The column.
    cells
        Its cells; for those that cannot be encoded, the number is NaN.
    places
        The place of each cell in words, for the error.
    """
    numbers: list[float] = []
    first: UserError | None = None
    wrong = 0
    for cell, place in zip(cells, places, strict=True):
        try:
            numbers.append(column.encode(cell, where=place if first is None else ""))
        except UserError as error:
            first = first or error
            numbers.append(math.nan)
            wrong += 1
    if first is None:
        return numbers, []
    more = f"; {plural(wrong - 1, 'more cell')} of the column cannot be used" if wrong > 1 else ""
    return numbers, [UserError(f"{first}{more}")]
