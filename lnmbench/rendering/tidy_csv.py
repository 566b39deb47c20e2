"""One tidy table for a whole report: one line for each cell, note and sentence."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence

from lnmbench.records import Cell, Paragraph, Table

COLUMNS = ("block", "row", "name", "column", "text", "value", "low", "high")

_FORMULA = re.compile(r"[=+\-@＝＋－＠]")
_FIGURES = re.compile(r"[-+]?[.\d]+(?: \([-+−.\d]+ to [-+−.\d]+\))?")


def to_csv(blocks: Sequence[Table | Paragraph]) -> str:
    """Return CSV with the columns `block, row, name, column, text, value, low, high`.

    `name` tells the table row in words (its left-aligned cells), `value`, `low` and `high` are
    numbers at full precision, empty where there are none; `text` is what the printed table shows.
    Notes and sentences have the columns `note` and `line`. Text that a spreadsheet would take for
    a formula gets an apostrophe in front.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for block in blocks:
        writer.writerows(_table(block) if isinstance(block, Table) else _lines(block))
    return stream.getvalue()


def _table(table: Table) -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(table.rows, start=1):
        cells = list(zip(table.columns, row, strict=True))
        name = ", ".join(cell.text for column, cell in cells if column.align == "left")
        for column, cell in cells:
            head = (safe(table.key), str(number), safe(name), safe(column.key), safe(cell.text))
            yield (*head, *_numbers(cell))
    for number, note in enumerate(table.notes, start=1):
        yield _sentence(table.key, number, "note", note)


def _lines(paragraph: Paragraph) -> Iterator[tuple[str, ...]]:
    for number, line in enumerate(paragraph.lines, start=1):
        yield _sentence(paragraph.key, number, "line", line)


def _sentence(key: str, number: int, column: str, text: str) -> tuple[str, ...]:
    return (safe(key), str(number), "", column, safe(text), "", "", "")


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> safe("=1+1"), safe("+.008"), safe("resnet50")
    ("'=1+1", '+.008', 'resnet50')
    """
    return f"'{text}" if _FORMULA.match(text) and not _FIGURES.fullmatch(text) else text


def _numbers(cell: Cell) -> tuple[str, str, str]:
    value, low, high = (_number(n) for n in (cell.value, cell.low, cell.high))
    return value, low, high


def _number(number: float | None) -> str:
    return "" if number is None or not math.isfinite(number) else repr(float(number))
