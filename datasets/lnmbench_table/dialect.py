"""Rows of separated text in the dialects of spreadsheets and repositories."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lnmbench.tables import split_cells
from lnmbench.text import plural

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


def parse_text(
    text: str, path: Path, separator: str | None = None, *, prefer_tabs: bool = False
) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows of a text table without comments, and notes for the user.

    Recognized are the line `sep=;` of Excel, comments that begin with `#`, and numbers and ids
    that are written as formulas (`="007"`).

    Parameters
    ----------
    text
        The text of the file.
    path
        The file, for messages.
    separator
        The character between two cells, by default the one that splits the rows alike.
    prefer_tabs
        Whether tabs separate the cells if there are any.

    Raises
    ------
    UserError
        For broken quotes, and for a table that is too large.
    """
    stated = _SEPARATOR_LINE.match(text)
    if stated is not None:
        separator = separator or stated[1]
    body = text[stated.end() :] if stated is not None else text
    first = 2 if stated is not None else 1
    separator = separator or guess_separator(body, prefer_tabs=prefer_tabs)
    cells = split_cells(body, path, separator=separator)
    if '="' in body:
        cells = [tuple(_TEXT_FORMULA.sub(r"\1", cell) for cell in row) for row in cells]
    rows = [Row(number=number, cells=row) for number, row in enumerate(cells, start=first)]
    return _drop_comments(rows, path)


def guess_separator(text: str, *, prefer_tabs: bool = False) -> str:
    """Return the separator that splits the first rows into the same number of cells.

    If there are several, it is the one that splits the header into the most cells, and a comma
    only if no other one does.
    """
    lines = [line for line in _LINE_END.split(text[:_SAMPLE_LENGTH]) if line.strip()]
    sample = "\n".join(line for line in lines if not line.startswith("#")) or text[:_SAMPLE_LENGTH]
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


def _drop_comments(rows: Sequence[Row], path: Path) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows without comments; a single first line of `#` may be the header itself."""
    filled = [row for row in rows if any(row.cells)]
    leading = 0
    while leading < len(filled) and filled[leading].cells[0].startswith("#"):
        leading += 1
    width = len(filled[leading].cells) if leading < len(filled) else 0
    is_header = leading == 1 and len(filled[0].cells) == width > 1
    comments = filled[1:leading] if is_header else filled[:leading]
    comments += [row for row in filled[leading:] if _is_comment(row, width)]
    if not comments:
        return filled, ()
    numbers = {row.number for row in comments}
    verb = "that begins with # was" if len(comments) == 1 else "that begin with # were"
    return (
        [row for row in filled if row.number not in numbers],
        (f"{path.name}: {plural(len(comments), 'line')} {verb} skipped",),
    )


def _is_comment(row: Row, width: int) -> bool:
    """Return whether a row below the header is a comment: it has a single cell."""
    return row.cells[0].startswith("#") and width > 1 and not any(row.cells[1:])
