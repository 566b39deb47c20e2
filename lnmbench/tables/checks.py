"""Checks of the rows of a table: ids, and cells that columns can encode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from lnmbench.errors import UserError
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
    """Raise `UserError` for the first cell that its column cannot encode.

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
    coded = [column for column in columns if column.role not in UNCODED_ROLES]
    for id_, row in zip(ids, rows, strict=True):
        for column in coded:
            column.encode(row[column.name], where=f"{where} {id_[:40]!r}")
