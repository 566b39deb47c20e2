"""Blocks and pages with every text clean, so that no text controls a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lnmbench.records import Axis, Block, Figure, Gallery, Mark, Page, Panel, Paragraph, Table
from lnmbench.text import clean


def clean_page(page: Page) -> Page:
    """Return the page with every text clean: one line, no control characters."""
    return replace(
        page,
        title=clean(page.title),
        subtitle=clean(page.subtitle),
        badge=clean(page.badge),
        methods={method: clean(label) for method, label in page.methods.items()},
        blocks=tuple(clean_blocks(page.blocks)),
    )


def clean_blocks(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with every text clean."""
    return [_clean_block(block) for block in blocks]


def _clean_block(block: Block) -> Block:
    if isinstance(block, Table):
        return _clean_table(block)
    if isinstance(block, Gallery):
        return _clean_gallery(block)
    return _clean_figure(block) if isinstance(block, Figure) else _clean_paragraph(block)


def _clean_table(table: Table) -> Table:
    return replace(
        table,
        key=clean(table.key),
        title=clean(table.title),
        columns=tuple(
            replace(c, key=clean(c.key), heading=clean(c.heading)) for c in table.columns
        ),
        rows=tuple(tuple(replace(c, text=clean(c.text)) for c in row) for row in table.rows),
        notes=tuple(clean(note) for note in table.notes),
    )


def _clean_paragraph(paragraph: Paragraph) -> Paragraph:
    lines = tuple(clean(line) for line in paragraph.lines)
    return replace(paragraph, key=clean(paragraph.key), title=clean(paragraph.title), lines=lines)


def _clean_figure(figure: Figure) -> Figure:
    return replace(
        figure,
        key=clean(figure.key),
        title=clean(figure.title),
        alt=clean(figure.alt),
        panels=tuple(_clean_panel(panel) for panel in figure.panels),
        notes=tuple(clean(note) for note in figure.notes),
    )


def _clean_gallery(gallery: Gallery) -> Gallery:
    return replace(
        gallery,
        key=clean(gallery.key),
        title=clean(gallery.title),
        pictures=tuple(
            replace(picture, alt=clean(picture.alt), caption=clean(picture.caption))
            for picture in gallery.pictures
        ),
        notes=tuple(clean(note) for note in gallery.notes),
    )


def _clean_panel(panel: Panel) -> Panel:
    return replace(
        panel,
        title=clean(panel.title),
        x=_clean_axis(panel.x),
        y=_clean_axis(panel.y),
        marks=tuple(_clean_mark(mark) for mark in panel.marks),
    )


def _clean_axis(axis: Axis) -> Axis:
    names = tuple(clean(name) for name in axis.categories)
    return replace(axis, title=clean(axis.title), categories=names)


def _clean_mark(mark: Mark) -> Mark:
    return replace(mark, name=clean(mark.name))
