"""A table of text cells, read from CSV, TSV or Excel with nothing guessed about its values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import reading
from lnmbench.tables import decode_text
from lnmbench.text import plural
from lnmbench_table.excel import excel_cells

TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
EXCEL_SUFFIXES = (".xlsx", ".xlsm")
_SEPARATORS = (",", ";", "\t")
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The cells of one row; `number` counts from 1 as a spreadsheet does, the header included."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A header and rows of as many cells, all of them stripped text. `notes` are for the user."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> tuple[str, ...]:
        """Return the cells under the first header of this name."""
        place = self.header.index(name)
        return tuple(row.cells[place] for row in self.rows)


def shown(text: str) -> str:
    """Return hostile text in a form that is safe to print: quoted, escaped, at most 40 long."""
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def read_sheet(path: Path) -> Sheet:
    """Read a table; rows without any value are skipped, every other row must be complete.

    Raises `UserError` for a file that is missing, unreadable, empty, broken, or of another kind.
    """
    suffix = path.suffix.lower()
    if suffix not in TEXT_SUFFIXES + EXCEL_SUFFIXES:
        raise UserError(
            f"cannot read {path}",
            expected=f"a table ({', '.join(TEXT_SUFFIXES + EXCEL_SUFFIXES)})",
            got=shown(suffix),
            then="save it as CSV or .xlsx",
        )
    with reading(path):
        content = path.read_bytes()
    if suffix in EXCEL_SUFFIXES:
        cells, notes = excel_cells(path, content)
        return _sheet(path, _padded(cells), notes)
    text, notes = decode_text(content, path)
    return _sheet(path, _parsed(path, text, suffix), notes)


def _parsed(path: Path, text: str, suffix: str) -> list[list[str]]:
    separator = "\t" if suffix in (".tsv", ".tab") else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise UserError(f"{path} is broken", where=f"row {len(rows) + 1}", got=str(error)) from None
    return rows


def _separator(text: str) -> str:
    """Return the mark that stands most often outside the header's quotes; a comma if none does."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=_QUOTED.sub("", header).count)


def _padded(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Cut the empty columns that Excel keeps on the right, and fill short rows."""
    filled = [max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0) for row in rows]
    width = max(filled, default=0)
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _sheet(path: Path, rows: Iterable[Sequence[str]], notes: tuple[str, ...]) -> Sheet:
    cells = [
        Row(number=number, cells=tuple(cell.strip() for cell in row))
        for number, row in enumerate(rows, start=1)
    ]
    filled = [row for row in cells if any(row.cells)]
    if len(filled) < 2:
        raise UserError(
            f"{path} is empty",
            expected="a header and at least one row",
            got=plural(len(filled), "row"),
        )
    header = filled[0].cells
    return Sheet(
        path=path,
        header=header,
        rows=tuple(_complete(row, len(header), path) for row in filled[1:]),
        notes=notes,
    )


def _complete(row: Row, width: int, path: Path) -> Row:
    if len(row.cells) < width or any(row.cells[width:]):
        raise UserError(
            f"{path} is broken",
            where=f"row {row.number}",
            expected=f"{width} cells as in the header",
            got=str(len(row.cells)),
            then="quote cells that hold the separator",
        )
    return Row(number=row.number, cells=row.cells[:width])
