"""Makes text safe to print: one line, nothing that steers a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from lnmbench.records import Axis, Block, Figure, Mark, Page, Panel, Paragraph, Table

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


def cleaned(page: Page) -> Page:
    """Return the page with every text clean."""
    return replace(
        page,
        title=clean(page.title),
        subtitle=clean(page.subtitle),
        badge=clean(page.badge),
        arms={arm: clean(label) for arm, label in page.arms.items()},
        blocks=tuple(cleaned_blocks(page.blocks)),
    )


def cleaned_blocks(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with every text clean."""
    return [_block(block) for block in blocks]


def _block(block: Block) -> Block:
    if isinstance(block, Table):
        return _table(block)
    return _figure(block) if isinstance(block, Figure) else _paragraph(block)


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


def _figure(figure: Figure) -> Figure:
    return replace(
        figure,
        title=clean(figure.title),
        alt=clean(figure.alt),
        panels=tuple(_panel(panel) for panel in figure.panels),
        notes=tuple(clean(note) for note in figure.notes),
    )


def _panel(panel: Panel) -> Panel:
    return replace(
        panel,
        title=clean(panel.title),
        x=_axis(panel.x),
        y=_axis(panel.y),
        marks=tuple(_mark(mark) for mark in panel.marks),
    )


def _axis(axis: Axis) -> Axis:
    names = tuple(clean(name) for name in axis.categories)
    return replace(axis, title=clean(axis.title), categories=names)


def _mark(mark: Mark) -> Mark:
    return replace(mark, name=clean(mark.name))
