"""Cells of separated text: one parser for the tables of users and of downloads."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.tables.bounds import check_size

# zero-width blanks and marks of the reading direction
_INVISIBLE = dict.fromkeys(
    (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
)
_LONGEST_CELL = 131_072


def split_cells(
    text: str, path: Path, *, separator: str = ",", quoted: bool = True
) -> list[tuple[str, ...]]:
    """Return the cells of each row, cleaned.

    Parameters
    ----------
    text
        The text of the file.
    path
        The file, for messages.
    separator
        The character between two cells.
    quoted
        Whether double quotes enclose cells; otherwise a quote is an ordinary character.

    Raises
    ------
    UserError
        For broken quotes, a cell of more than 131072 characters, and too many rows or cells.
    """
    rows: list[tuple[str, ...]] = []
    cells = 0
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        strict=True,
    )
    try:
        for row in reader:
            cells += len(row)
            check_size(path, rows=len(rows) + 1, columns=len(row), cells=cells)
            rows.append(tuple(map(clean_cell, row)))
    except csv.Error as error:
        is_long = "field limit" in str(error)
        raise UserError(
            f"{path} is broken",
            where=f"row {len(rows) + 1}",
            got=f"a cell of more than {_LONGEST_CELL} characters" if is_long else str(error),
            then="check the quotes" if quoted else "",
        ) from None
    return rows


def clean_cell(text: str) -> str:
    """Return the text of a cell without blanks around it and without invisible characters.

    Accented letters get their composed form, as most programs write them.

    Examples
    --------
    >>> clean_cell(" e\\u0301\\u200b\\u00a0") == "é"
    True
    """
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE)).strip()
