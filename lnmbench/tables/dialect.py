"""Rows of separated text in the dialects of spreadsheets and repositories."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lnmbench.tables.separated import split_cells
from lnmbench.text import parse_number, plural

SEPARATORS = ("\t", ";", "|", ",")
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?[,;\t|]*\s*\r?\n?', re.IGNORECASE)
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_LINE_END = re.compile(r"[\r\n]+")
_SAMPLE_ROWS = 50
_SAMPLE_LENGTH = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The cells of one row; `number` is that of a spreadsheet, from 1."""

    number: int
    cells: tuple[str, ...]


def find_separator(text: str, *, first_row: int = 1, prefer_tabs: bool = False) -> str:
    """Return the separator that the line `sep=;` states, or else the one that fits.

    It splits the first rows into the same number of cells. If there are several, it is the one that
    splits the header into the most cells, and a comma only if no other one does.

    Parameters
    ----------
    text
        The text of the file.
    first_row
        The row of the header.
    prefer_tabs
        Whether tabs separate the cells if there are any.
    """
    stated = _SEPARATOR_LINE.match(text)
    if stated is not None:
        return stated[1]
    lines = _LINE_END.split(text[:_SAMPLE_LENGTH])[first_row - 1 :]
    filled = [line for line in lines if line.strip()]
    sample = "\n".join([line for line in filled if not line.startswith("#")] or filled)
    counts: dict[str, tuple[bool, bool, int]] = {}
    for separator in SEPARATORS:
        try:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
            widths = [len(row) for row in islice(reader, _SAMPLE_ROWS)]
        except csv.Error:
            continue
        width = widths[0] if widths else 0
        is_preferred = prefer_tabs and separator == "\t" and width > 1
        counts[separator] = (is_preferred, width > 1 and set(widths) == {width}, width)
    best = max(counts, key=lambda separator: counts[separator], default=",")
    return best if best in counts and counts[best][2] > 1 else ","


def parse_text(text: str, path: Path, separator: str) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows of a text table without comments, and notes for the user.

    Recognized are the line `sep=;` of Excel, comments that begin with `#`, the codes below the
    header of TCGA's files, and numbers and ids that are written as formulas (`="007"`).

    Parameters
    ----------
    text
        The text of the file.
    path
        The file, for messages.
    separator
        The character between two cells.

    Raises
    ------
    UserError
        For broken quotes, and for a table that is too large.
    """
    stated = _SEPARATOR_LINE.match(text)
    body = text[stated.end() :] if stated is not None else text
    cells = split_cells(body, path, separator=separator)
    if '="' in body:
        cells = [tuple(_TEXT_FORMULA.sub(r"\1", cell) for cell in row) for row in cells]
    first = 2 if stated is not None else 1
    rows = [Row(number=number, cells=row) for number, row in enumerate(cells, start=first)]
    rows, notes = _drop_comments([row for row in rows if any(row.cells)], path)
    if len(rows) > 2 and any(cell.startswith("CDE_ID:") for cell in rows[2].cells):
        notes = (*notes, f"{path.name}: the two rows of codes below the header were skipped")
        return [rows[0], *rows[3:]], notes
    return rows, notes


def skip_titles(rows: Sequence[Row], path: Path) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows from the header on, without rows above it that hold a single text."""
    filled = [row for row in rows if any(row.cells)]
    width = max((len(set(row.cells) - {""}) for row in filled[:20]), default=0)
    titles = 0
    while width > 2 and titles < len(filled) and len(set(filled[titles].cells) - {""}) == 1:
        titles += 1
    if not 0 < titles < len(filled) - 1:
        return filled, ()
    numbers = ", ".join(str(row.number) for row in filled[:titles])
    return filled[titles:], (
        f"{path.name}: row {numbers} is a title and was skipped; the header is row "
        f"{filled[titles].number}",
    )


def _drop_comments(rows: list[Row], path: Path) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows without comments; a single first line of `#` may be the header itself."""
    leading = 0
    while leading < len(rows) and rows[leading].cells[0].startswith("#"):
        leading += 1
    width = len(rows[leading].cells) if leading < len(rows) else 0
    is_header = leading == 1 and len(rows[0].cells) == width > 1 and not _is_header(rows[leading:])
    comments = rows[1:leading] if is_header else rows[:leading]
    comments += [row for row in rows[leading:] if _is_comment(row, width)]
    if not comments:
        return rows, ()
    numbers = {row.number for row in comments}
    verb = "that begins with # was" if len(comments) == 1 else "that begin with # were"
    return (
        [row for row in rows if row.number not in numbers],
        (f"{path.name}: {plural(len(comments), 'line')} {verb} skipped",),
    )


def _is_header(rows: Sequence[Row]) -> bool:
    """Return whether the first of the rows has no number in a column where others have one."""
    numbers = [[parse_number(cell) is not None for cell in row.cells] for row in rows[:2]]
    return len(numbers) == 2 and any(numbers[1]) and not any(numbers[0])


def _is_comment(row: Row, width: int) -> bool:
    """Return whether a row below the header is a comment: it has a single cell."""
    return row.cells[0].startswith("#") and width > 1 and not any(row.cells[1:])
