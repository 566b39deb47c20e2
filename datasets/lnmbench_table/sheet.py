"""Tables of text cells from CSV, TSV or Excel, without conversion of the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lnmbench import UserError
from lnmbench.tables import SAVE, STATE_OR_SAVE, decode_text, read_content
from lnmbench.tables.dialect import Row, find_separator, parse_text, skip_titles
from lnmbench.tables.header_groups import skip_groups
from lnmbench.text import fold_spelling, plural, quote
from lnmbench_table.excel import read_excel_cells
from lnmbench_table.file_format import is_excel, is_tab_separated
from lnmbench_table.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A header and rows of the same width, all stripped text. `notes` are for the user."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def rename(self, names: Sequence[str]) -> Sheet:
        """Return the table with these names as headers where they differ only in spelling.

        A name is used if it is not a header, and one header alone differs from it in upper and
        lower case, blanks or invisible characters.
        """
        spellings: dict[str, list[str]] = {}
        for header in self.header:
            if header and header not in names:
                spellings.setdefault(fold_spelling(header), []).append(header)
        new_names = {
            spellings[key][0]: name
            for name in names
            if name not in self.header and len(spellings.get(key := fold_spelling(name), ())) == 1
        }
        notes = [
            f"column {quote(name)} is {quote(header)} in the table"
            for header, name in new_names.items()
        ]
        renamed = tuple(new_names.get(header, header) for header in self.header)
        return replace(self, header=renamed, notes=(*self.notes, *notes))

    def column(self, name: str) -> tuple[str, ...]:
        """Return the cells under the first header of this name."""
        index = self.header.index(name)
        return tuple(row.cells[index] for row in self.rows)


def read_sheet(path: Path, layout: Layout | None = None) -> Sheet:
    """Read a table; rows without values are skipped, all other rows must be complete.

    `layout` states what is otherwise detected: encoding, separator, sheet and row of the header.
    Raises `UserError` for a file that is missing, unreadable, empty, broken, too large, or of
    another format.
    """
    then = STATE_OR_SAVE if layout else SAVE
    layout = layout or Layout()
    content = read_content(path)
    is_workbook = is_excel(content, path)
    _refuse_unused_keys(layout, path, is_workbook=is_workbook)
    if is_workbook:
        grid, notes = read_excel_cells(path, content, layout.sheet)
        rows = [Row(number=number, cells=tuple(cells)) for number, cells in grid.items()]
    else:
        text, notes = decode_text(content, path, layout.encoding, then=then)
        separator = layout.separator or find_separator(
            text, first_row=layout.header or 1, prefer_tabs=is_tab_separated(path)
        )
        rows, more = parse_text(text, path, separator)
        notes = (*notes, *more)
    if layout.header:
        rows = [row for row in rows if row.number >= layout.header]
    else:
        rows, titles = skip_titles(rows, path)
        rows, groups = skip_groups(rows, path)
        notes = (*notes, *titles, *groups)
    filled = [row for row in rows if any(row.cells)]
    if len(filled) < 2:
        raise UserError(
            f"{path} is empty",
            expected="a header and at least one row",
            got=plural(len(filled), "row"),
            then="; ".join(notes),
        )
    header = filled[0].cells
    named = max(column for column, cell in enumerate(header, start=1) if cell)
    return Sheet(
        path=path,
        header=header,
        rows=tuple(_complete(row, named, len(header), path) for row in filled[1:]),
        notes=notes,
    )


def _refuse_unused_keys(layout: Layout, path: Path, *, is_workbook: bool) -> None:
    """Raise `UserError` for keys of [table] that have no effect on such a file."""
    names = ("encoding", "separator") if is_workbook else ("sheet",)
    unused = [name for name in names if getattr(layout, name) is not None]
    if unused:
        raise UserError(
            f"key {unused[0]!r} of [table] has no effect",
            where=str(path),
            got="an Excel file" if is_workbook else "a text file",
            then="remove it",
        )


def _complete(row: Row, named: int, width: int, path: Path) -> Row:
    """Return the row as wide as the header; only cells without a name may be missing."""
    if len(row.cells) < named or any(row.cells[width:]):
        raise UserError(
            f"{path} is broken",
            where=f"row {row.number}",
            expected=f"{width} cells, as in the header",
            got=str(len(row.cells)),
            then="quote cells that contain the separator",
        )
    cells = (*row.cells, *[""] * (width - len(row.cells)))
    return Row(number=row.number, cells=cells[:width])
