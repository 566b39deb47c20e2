"""Tables of texts in columns, for output that no library of tables needs to be loaded for."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest

_GAP = "  "


def format_table(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield the lines of a table; cells are wrapped where columns are too wide together.

    Parameters
    ----------
    rows
        The cells of each row, the heading included.
    width
        Characters in a line.

    Examples
    --------
    >>> list(format_table([("name", "text"), ("a", "one two three")], 13))
    ['name  text', 'a     one two', '      three']
    """
    columns = list(zip(*rows, strict=True))
    natural = [max(map(_cells, column)) for column in columns]
    limits = _fit(natural, width - len(_GAP) * (len(columns) - 1))
    wrapped = [
        [_wrap(cell, limit) for cell in column]
        for column, limit in zip(columns, limits, strict=True)
    ]
    widths = [max(_cells(line) for lines in column for line in lines) for column in wrapped]
    for cells in zip(*wrapped, strict=True):
        for line in zip_longest(*cells, fillvalue=""):
            yield _GAP.join(map(_pad, line, widths)).rstrip()


def _fit(widths: Sequence[int], available: int) -> list[int]:
    """Return widths whose sum is available: the widest columns are narrowed first."""
    fitted = list(widths)
    while sum(fitted) > available and max(fitted) > 1:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted


def _wrap(text: str, width: int) -> list[str]:
    if _cells(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=True)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _cells(text))


def _cells(text: str) -> int:
    """Return the width of a text in a terminal, where some characters are two cells wide."""
    if text.isascii():
        return len(text)
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)
