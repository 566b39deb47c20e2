"""Line breaks of names in narrow columns: at spaces, else after punctuation, else anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

_WORDS = re.compile(r"\S+\s*|\s+")
_OPTIONS = re.compile(r"[^:,;/]+[:,;/]*\s*|[:,;/]+\s*")
_PARTS = re.compile(r"[^_=.+\-:,;/]+[_=.+\-:,;/]*\s*|[_=.+\-:,;/]+\s*")
_NARROWEST = 2
"""Cells of the widest character."""


def wrap_name(text: str, width: int) -> list[str]:
    """Return a name in lines of at most `width` cells, whose words stay whole if they fit.

    A longer word is broken after `:`, `,`, `;` or `/`, else after `_`, `-`, `=`, `+` or `.`.

    Examples
    --------
    >>> wrap_name("efficientnet_lite0 + pt:shuffled=1", 18)
    ['efficientnet_lite0', '+ pt:shuffled=1']
    >>> wrap_name("efficientnet_lite0 + pt:shuffled=1", 13)
    ['efficientnet_', 'lite0 +', 'pt:shuffled=1']
    >>> wrap_name("efficientnet_lite0 + pt:shuffled=1", 12)
    ['efficientnet', '_lite0 + pt:', 'shuffled=1']
    """
    if cell_len(text) <= width:
        return [text]
    lines = [""]
    for piece in _split(text, max(_NARROWEST, width), (_WORDS, _OPTIONS, _PARTS)):
        if lines[-1] and cell_len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def longest_word(text: str) -> int:
    """Return the cells of the longest word."""
    return max(map(cell_len, text.split()), default=0)


def longest_part(text: str) -> int:
    """Return the cells of the longest part of a word between punctuation marks."""
    return max((cell_len(part.rstrip()) for part in _PARTS.findall(text)), default=0)


def _split(text: str, width: int, patterns: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    """Yield pieces of a text that are as long as possible, but at most `width` cells."""
    if cell_len(text.rstrip()) <= width:
        yield text
    elif patterns:
        for piece in patterns[0].findall(text):
            yield from _split(piece, width, patterns[1:])
    else:
        yield from chop_cells(text, width)
