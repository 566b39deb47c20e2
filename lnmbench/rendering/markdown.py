"""Markdown with pipe tables, as GitHub and pandoc read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lnmbench.records import Paragraph, Table

_SPECIALS = re.compile(r"([\\`*_\[\]|~^$])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_START = re.compile(r"^(\d*)([-+=#>.)])")


def to_markdown(blocks: Sequence[Table | Paragraph]) -> str:
    """Return headings, lists and pipe tables."""
    return "\n\n".join(text for block in blocks for text in _parts(block)) + "\n"


def escape(text: str) -> str:
    r"""Return text that Markdown shows as it is.

    Examples
    --------
    >>> escape("a|b <i> *c*")
    'a\\|b &lt;i> \\*c\\*'
    """
    marked = _SPECIALS.sub(r"\\\1", _ENTITY.sub("&amp;", text))
    return _TAG.sub("&lt;", marked)


def _line(text: str) -> str:
    # lists, headings and quotations start at the beginning of a line only
    return _START.sub(r"\1\\\2", escape(text))


def _parts(block: Table | Paragraph) -> Iterator[str]:
    yield f"### {escape(block.title)}"
    if isinstance(block, Paragraph):
        yield "\n".join(f"- {_line(line)}" for line in block.lines)
        return
    yield "\n".join(_rows(block))
    yield from (_line(note) for note in block.notes)


def _rows(table: Table) -> Iterator[str]:
    yield _row([escape(column.heading) for column in table.columns])
    yield _row([":--" if column.align == "left" else "--:" for column in table.columns])
    yield from (_row([escape(cell.text) for cell in row]) for row in table.rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
