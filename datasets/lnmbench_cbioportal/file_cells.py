"""Cells of a clinical file: missing values, shifted rows, text in columns of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lnmbench import UserError
from lnmbench.text import parse_number, plural

# Not those of the lexicon: NC, NK and KA are codes of hospitals here.
_MISSING = re.compile(
    r"|na|n/a|nan|null|none recorded|unk|unknown|not (available|applicable|evaluated|reported|"
    r"assessed|performed|known|specified)|\[[^\]]*\]",
    re.IGNORECASE,
)

NumberedRows = Sequence[tuple[int, Sequence[str]]]
"""Rows with their numbers in the file."""


def drop_unnamed(rows: Sequence[Sequence[str]], count: int, path: Path) -> list[Sequence[str]]:
    """Return the rows without empty columns that have no name, as tabs at the end of rows make.

    Parameters
    ----------
    rows
        All rows, those of `#` included.
    count
        The number of rows of `#` above the ids.
    path
        The file, for messages.

    Raises
    ------
    UserError
        If a column without a name has values.
    """
    unnamed = {i for i, name in enumerate(rows[count]) if not name}
    filled = sum(any(row[i] for row in rows[count:]) for i in unnamed)
    if filled:
        raise UserError(
            f"{plural(filled, 'column has', 'columns have')} values, but no id",
            where=f"{path}, row {count + 1}",
            then="write the id of the column",
        )
    named = [i for i in range(len(rows[count])) if i not in unnamed]
    return [[row[i] for i in named if i < len(row)] for row in rows] if unnamed else [*rows]


def require_width(rows: NumberedRows, width: int, path: Path) -> None:
    """Raise `UserError` for rows with another number of cells than the header: shifted columns.

    Parameters
    ----------
    rows
        The rows with their numbers in the file.
    width
        The number of columns.
    path
        The file, for the message.
    """
    wrong = [(number, len(row)) for number, row in rows if len(row) != width]
    if wrong:
        number, cells = wrong[0]
        more = f"; {plural(len(wrong) - 1, 'more row is', 'more rows are')} wrong"
        raise UserError(
            f"the columns of {path} are shifted",
            where=f"row {number}",
            expected=f"{width} cells, as in the header",
            got=f"{cells}{more if len(wrong) > 1 else ''}",
            then="download the file again",
        )


def require_numbers(rows: NumberedRows, names: Mapping[int, str], path: Path) -> None:
    """Raise `UserError` for text in columns of numbers: their cells moved to another column.

    Parameters
    ----------
    rows
        The rows with their numbers in the file.
    names
        The names of the columns of numbers, by position.
    path
        The file, for the message.
    """
    wrong = list(_find_texts(rows, names))
    if wrong:
        number, name, cell = wrong[0]
        others = len({row for row, _, _ in wrong}) - 1
        more = f"; so in {plural(others, 'more row')}" if others else ""
        raise UserError(
            f"column {name[:60]!r} of {path} holds {cell[:40]!r}",
            where=f"row {number}",
            expected=f"a number, as its type says{more}",
            then="if the columns are shifted, download the file again",
        )


def _find_texts(rows: NumberedRows, names: Mapping[int, str]) -> Iterator[tuple[int, str, str]]:
    for number, row in rows:
        for position, name in names.items():
            text = read_cell(row[position]).lstrip("<>=≤≥ ")
            if text and parse_number(text) is None:
                yield number, name, row[position]


def read_cell(cell: str) -> str:
    """Return the text of a cell without quotes around it, empty if missing."""
    text = cell[1:-1].strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
    return "" if is_missing(text) else text


def is_missing(cell: str) -> bool:
    """Return whether a cell has no value.

    Examples
    --------
    >>> [is_missing(cell) for cell in ("", "NA", "[Not Available]", "Unknown", "NC", "No")]
    [True, True, True, True, False, False]
    """
    return bool(_MISSING.fullmatch(cell))
