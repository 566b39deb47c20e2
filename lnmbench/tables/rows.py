"""Rows of a text table: CSV with commas or other separators, cells stripped."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lnmbench.errors import UserError, reading
from lnmbench.tables.bounds import read_content
from lnmbench.tables.encoding import decode_beginning, decode_text
from lnmbench.tables.separated import clean_cell, split_cells

Cells = Sequence[Sequence[str]]

_HEADER_ROWS = 3
_HEADER_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows of a file, headers included, cells stripped. `notes` are for the user."""

    path: Path
    cells: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def rows_below(self, headers: int = 1) -> list[tuple[str, ...]]:
        """Return the rows below so many headers; rows without any value are left out.

        Raises `UserError` if none is left, or if one is not as wide as the first header.
        """
        width = len(self.cells[0]) if self.cells else 0
        numbered = list(enumerate(self.cells, start=1))[headers:]
        filled = [(number, row) for number, row in numbered if any(row)]
        if not filled:
            raise UserError(f"{self.path} is empty", expected="at least one patient")
        for number, row in filled:
            if len(row) != width:
                raise UserError(
                    f"{self.path} is broken",
                    where=f"row {number}",
                    expected=f"{width} cells",
                    got=str(len(row)),
                )
        return [row for _, row in filled]


def read_rows(path: Path, *, delimiter: str = ",", quoted: bool = True) -> Rows:
    """Read a text table.

    A note names an encoding other than UTF-8.

    Parameters
    ----------
    path
        The file.
    delimiter
        The character between two cells.
    quoted
        Whether double quotes enclose cells; otherwise a quote is an ordinary character.

    Raises
    ------
    UserError
        For a file that cannot be read, is not text, or is broken.
    """
    text, notes = decode_text(read_content(path), path)
    cells = split_cells(text, path, separator=delimiter, quoted=quoted)
    return Rows(path=path, cells=tuple(cells), notes=notes)


def first_rows(path: Path) -> list[list[str]]:
    """Return at most three rows of a CSV, cells stripped, or none for another file.

    Raises `UserError` for a file that cannot be read.
    """
    with reading(path), path.open("rb") as file:
        content = file.read(_HEADER_BYTES)
    text = decode_beginning(content)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline="")), _HEADER_ROWS))
    except csv.Error:
        return []
    return [list(map(clean_cell, row)) for row in rows]
