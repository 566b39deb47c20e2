"""Makes text safe to print: one line, nothing that steers a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from lnmbench.records import Block, Paragraph, Table

# controls, invisible formatting (with the marks that turn the reading direction), surrogates
_UNSEEN = {"Cc", "Cf", "Cs"}


def clean(text: str) -> str:
    """Return the text on one line, without control and invisible characters.

    Examples
    --------
    >>> clean("a\\x1b[31m\\n b")
    'a[31m b'
    """
    one_line = " ".join(text.split())
    return "".join(c for c in one_line if unicodedata.category(c) not in _UNSEEN)


def cleaned(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with every text clean."""
    return [_table(b) if isinstance(b, Table) else _paragraph(b) for b in blocks]


def _table(table: Table) -> Table:
    return replace(
        table,
        title=clean(table.title),
        columns=tuple(replace(c, heading=clean(c.heading)) for c in table.columns),
        rows=tuple(tuple(replace(c, text=clean(c.text)) for c in row) for row in table.rows),
        notes=tuple(clean(note) for note in table.notes),
    )


def _paragraph(paragraph: Paragraph) -> Paragraph:
    lines = tuple(clean(line) for line in paragraph.lines)
    return replace(paragraph, title=clean(paragraph.title), lines=lines)
