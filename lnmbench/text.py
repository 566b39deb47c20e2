"""Text for people: printable on one line, safe in a spreadsheet, counts with their nouns."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence

# controls, invisible formatting (with the marks that turn the reading direction), surrogates
_INVISIBLE = {"Cc", "Cf", "Cs"}
_FORMULA = re.compile(r"[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[-+]?[.\d]+(?: \([-+−.\d]+ to [-+−.\d]+\))?")


def clean(text: str) -> str:
    """Return the text on one line, without control and invisible characters.

    Examples
    --------
    >>> clean("a\\x1b[31m\\n b")
    'a[31m b'
    """
    one_line = " ".join(text.split())
    return "".join(c for c in one_line if unicodedata.category(c) not in _INVISIBLE)


def plural(count: int, noun: str, plural_noun: str | None = None) -> str:
    """Return a count with its noun.

    Parameters
    ----------
    count
        How many there are.
    noun
        The singular, followed by its verb if the sentence has one ("patient is").
    plural_noun
        The plural; by default the singular with an s.

    Examples
    --------
    >>> plural(1, "case"), plural(0, "case"), plural(2, "entry", "entries")
    ('1 case', '0 cases', '2 entries')
    """
    return f"{count} {noun if count == 1 else plural_noun or f'{noun}s'}"


def escape_formula(text: str) -> str:
    """Return text that no spreadsheet interprets as a formula: an apostrophe precedes it.

    Examples
    --------
    >>> escape_formula("=1+1"), escape_formula("+.008"), escape_formula("resnet50")
    ("'=1+1", '+.008', 'resnet50')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def format_csv(columns: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> str:
    r"""Return a CSV table that is safe to open in a spreadsheet.

    Texts that look like formulas are escaped. Numbers keep their full precision; None, NaN and
    infinite numbers are empty cells.

    Parameters
    ----------
    columns
        The names in the header.
    rows
        The cells of each row, as many as columns.

    Examples
    --------
    >>> format_csv(["name", "value"], [["=a", 0.5], ["b", None]])
    "name,value\n'=a,0.5\nb,\n"
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _csv_cell(cell: str | int | float | None) -> str:
    if isinstance(cell, str):
        return escape_formula(cell)
    if isinstance(cell, int):
        return str(cell)
    return "" if cell is None or not math.isfinite(cell) else repr(float(cell))
