"""A report as one tidy table: one line for each cell, note and sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Paragraph, Table
from lnmbench.text import format_csv

COLUMNS = ("block", "row", "name", "column", "text", "value", "low", "high")

Row = tuple[str | int | float | None, ...]


def to_csv(blocks: Sequence[Table | Paragraph]) -> str:
    """Return CSV with the columns `block, row, name, column, text, value, low, high`.

    `name` identifies the table row by its left-aligned cells; `value`, `low` and `high` are numbers
    at full precision, empty if unknown; `text` is the text of the printed table. Notes and
    sentences have the columns `note` and `line`. Text that a spreadsheet would interpret as a
    formula is preceded by an apostrophe.
    """
    rows = [
        row
        for block in blocks
        for row in (_table_rows(block) if isinstance(block, Table) else _line_rows(block))
    ]
    return format_csv(COLUMNS, rows)


def _table_rows(table: Table) -> Iterator[Row]:
    for number, row in enumerate(table.rows, start=1):
        cells = list(zip(table.columns, row, strict=True))
        name = ", ".join(cell.text for column, cell in cells if column.align == "left")
        for column, cell in cells:
            numbers = cell.value, cell.low, cell.high
            yield (table.key, number, name, column.key, cell.text, *numbers)
    for number, note in enumerate(table.notes, start=1):
        yield (table.key, number, "", "note", note, None, None, None)


def _line_rows(paragraph: Paragraph) -> Iterator[Row]:
    for number, line in enumerate(paragraph.lines, start=1):
        yield (paragraph.key, number, "", "line", line, None, None, None)
