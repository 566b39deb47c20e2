"""Tables of text cells from CSV, TSV or Excel, without conversion of the values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import reading
from lnmbench.tables import SAVE, STATE_OR_SAVE, decode_text
from lnmbench.text import plural
from lnmbench_table.excel import StoredNumber, read_excel_cells
from lnmbench_table.layout import Layout

TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
EXCEL_SUFFIXES = (".xlsx", ".xlsm")
_SEPARATORS = (",", ";", "\t")
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The cells of one row; `number` is that of a spreadsheet, where the header is row 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A header and rows of the same width, all stripped text. `notes` are for the user."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> tuple[str, ...]:
        """Return the cells under the first header of this name."""
        index = self.header.index(name)
        return tuple(row.cells[index] for row in self.rows)


def quote_text(text: str) -> str:
    """Return untrusted text quoted, escaped and cut to 40 characters, which is safe to print."""
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def read_sheet(path: Path, layout: Layout | None = None) -> Sheet:
    """Read a table; rows without values are skipped, all other rows must be complete.

    `layout` states what is otherwise detected: encoding, separator, sheet and row of the header.
    Raises `UserError` for a file that is missing, unreadable, empty, broken, or of another type.
    """
    then = STATE_OR_SAVE if layout else SAVE
    layout = layout or Layout()
    suffix = path.suffix.lower()
    if suffix not in TEXT_SUFFIXES + EXCEL_SUFFIXES:
        raise UserError(
            f"cannot read {path}",
            expected=f"a table ({', '.join(TEXT_SUFFIXES + EXCEL_SUFFIXES)})",
            got=quote_text(suffix),
            then="save it as CSV or .xlsx",
        )
    with reading(path):
        content = path.read_bytes()
    if suffix in EXCEL_SUFFIXES:
        cells, notes = read_excel_cells(path, content, layout.sheet)
        return _make_sheet(path, _pad(cells), layout.header or 1, notes)
    text, notes = decode_text(content, path, layout.encoding, then=then)
    default = "\t" if suffix in (".tsv", ".tab") else _guess_separator(text)
    rows = _parse(path, text, layout.separator or default)
    return _make_sheet(path, rows, layout.header or 1, notes)


def _parse(path: Path, text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise UserError(f"{path} is broken", where=f"row {len(rows) + 1}", got=str(error)) from None
    return rows


def _guess_separator(text: str) -> str:
    """Return the most frequent separator outside the quotes of the header, or else a comma."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=_QUOTED.sub("", header).count)


def _pad(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the rows without empty columns on the right, short rows filled with empty cells."""
    filled = [max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0) for row in rows]
    width = max(filled, default=0)
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _make_sheet(
    path: Path, rows: Iterable[Sequence[str]], first: int, notes: tuple[str, ...]
) -> Sheet:
    cells = [
        Row(number=number, cells=tuple(map(_strip, row)))
        for number, row in enumerate(rows, start=1)
        if number >= first
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
        rows=tuple(_require_complete(row, len(header), path) for row in filled[1:]),
        notes=notes,
    )


def _strip(cell: str) -> str:
    return cell if isinstance(cell, StoredNumber) else cell.strip()


def _require_complete(row: Row, width: int, path: Path) -> Row:
    if len(row.cells) < width or any(row.cells[width:]):
        raise UserError(
            f"{path} is broken",
            where=f"row {row.number}",
            expected=f"{width} cells, as in the header",
            got=str(len(row.cells)),
            then="quote cells that contain the separator",
        )
    return Row(number=row.number, cells=row.cells[:width])
