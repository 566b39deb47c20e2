"""Blocks of a report that plugins return: tables, texts, figures, galleries, all bounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import (
    Axis,
    Block,
    Cell,
    Figure,
    Gallery,
    Mark,
    Panel,
    Paragraph,
    Picture,
    Table,
    TableColumn,
)
from lnmbench.records.figure import MarkKind
from lnmbench.registry.boundary.arrays import require_array, require_pixels
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_number,
    require_option,
)
from lnmbench.text import plural

T = TypeVar("T")

MOST_BLOCKS, MOST_ROWS, MOST_COLUMNS, MOST_MARKS, MOST_POINTS = 200, 20_000, 500, 1000, 1_000_000
MOST_PICTURES = 500
LONGEST_TEXT = 10_000

_BLOCKS = "tables, paragraphs, figures and galleries"


def require_blocks(value: object) -> tuple[Block, ...]:
    """Return the blocks of a section; `Unexpected` names the block and its fault."""
    items = _require_items(value, object, _BLOCKS, MOST_BLOCKS)
    return tuple(_require_block(number, item) for number, item in enumerate(items, start=1))


def _require_block(number: int, value: object) -> Block:
    try:
        if isinstance(value, Table):
            return _require_table(value)
        if isinstance(value, Paragraph):
            return replace(
                value,
                key=_require_line(value.key),
                title=_require_line(value.title),
                lines=_require_lines(value.lines),
            )
        if isinstance(value, Figure):
            return _require_figure(value)
        if isinstance(value, Gallery):
            return _require_gallery(value)
    except Unexpected as error:
        kind = f"{type(value).__name__.lower()} {number}"
        raise Unexpected(f"{error.expected} in {kind}", error.got) from None
    raise Unexpected(_BLOCKS, describe(value))


def _require_table(table: Table) -> Table:
    columns = _require_items(table.columns, TableColumn, "columns", MOST_COLUMNS)
    rows = _require_items(table.rows, object, "rows", MOST_ROWS)
    for column in columns:
        _require_line(column.key)
        _require_line(column.heading)
        require_option(column.align, ("left", "right"))
    keys = [column.key for column in columns]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Unexpected("columns with different keys", f"{twice!r} twice")
    methods = tuple(_require_lines(row) for row in _require_items(table.methods, object, "methods"))
    if methods and len(methods) != len(rows):
        raise Unexpected(f"methods of {len(rows)} rows", str(len(methods)))
    return replace(
        table,
        key=_require_line(table.key),
        title=_require_line(table.title),
        columns=columns,
        rows=tuple(_require_row(row, len(columns)) for row in rows),
        notes=_require_lines(table.notes),
        methods=methods,
    )


def _require_row(value: object, columns: int) -> tuple[Cell, ...]:
    cells = _require_items(value, Cell, "cells")
    if len(cells) != columns:
        raise Unexpected(f"{plural(columns, 'cell')} in each row", str(len(cells)))
    return tuple(
        Cell(
            text=_require_line(cell.text),
            value=_require_optional(cell.value),
            low=_require_optional(cell.low),
            high=_require_optional(cell.high),
        )
        for cell in cells
    )


def _require_figure(figure: Figure) -> Figure:
    return replace(
        figure,
        key=_require_line(figure.key),
        title=_require_line(figure.title),
        alt=_require_line(figure.alt),
        panels=tuple(
            _require_panel(panel)
            for panel in _require_items(figure.panels, Panel, "panels", MOST_MARKS)
        ),
        notes=_require_lines(figure.notes),
    )


def _require_gallery(gallery: Gallery) -> Gallery:
    pictures = _require_items(gallery.pictures, Picture, "pictures", MOST_PICTURES)
    return replace(
        gallery,
        key=_require_line(gallery.key),
        title=_require_line(gallery.title),
        pictures=tuple(_require_picture(picture) for picture in pictures),
        notes=_require_lines(gallery.notes),
    )


def _require_picture(picture: Picture) -> Picture:
    alt = _require_line(picture.alt)
    if not alt.strip():
        raise Unexpected("alt: the picture in words", "an empty text")
    return replace(
        picture,
        pixels=require_pixels(picture.pixels),
        alt=alt,
        caption=_require_line(picture.caption),
        methods=_require_lines(picture.methods),
    )


def _require_panel(panel: Panel) -> Panel:
    marks = _require_items(panel.marks, Mark, "marks", MOST_MARKS)
    return replace(
        panel,
        x=_require_axis(panel.x),
        y=_require_axis(panel.y),
        marks=tuple(_require_mark(mark) for mark in marks),
        title=_require_line(panel.title),
        methods=_require_lines(panel.methods),
    )


def _require_axis(value: object) -> Axis:
    if not isinstance(value, Axis):
        raise Unexpected("an Axis", describe(value))
    require_option(value.scale, ("linear", "log"))
    low, high = _require_limit(value.low), _require_limit(value.high)
    if low is not None and high is not None and not low < high:
        raise Unexpected("limits of an axis, the smaller one first", f"{low:g}, {high:g}")
    if value.scale == "log" and low is not None and low <= 0.0:
        raise Unexpected("limits of a log axis above 0", f"{low:g}")
    return replace(
        value,
        title=_require_line(value.title),
        low=low,
        high=high,
        categories=_require_lines(value.categories),
    )


def _require_mark(mark: Mark) -> Mark:
    require_option(mark.kind, get_args(MarkKind))
    require_option(mark.along, ("x", "y"))
    x = _require_points(mark.x, None)
    needs_bounds = mark.kind in ("band", "interval")
    if needs_bounds and (mark.low is None or mark.high is None):
        raise Unexpected(f"low and high of a mark of the kind {mark.kind}", "None")
    return replace(
        mark,
        x=x,
        y=_require_points(mark.y, len(x)),
        low=None if mark.low is None else _require_points(mark.low, len(x)),
        high=None if mark.high is None else _require_points(mark.high, len(x)),
        name=_require_line(mark.name),
        methods=_require_lines(mark.methods),
        color=_require_line(mark.color),
    )


def _require_points(value: object, number: int | None) -> NDArray[np.float64]:
    if number is None and np.size(value) > MOST_POINTS:  # type: ignore[arg-type]  # any object
        raise Unexpected(f"at most {MOST_POINTS} points", str(np.size(value)))  # type: ignore[arg-type]
    return require_array(value, shape=(number,), nan=True)


def _require_limit(value: object) -> float | None:
    return None if value is None else require_number(value)


def _require_optional(value: object) -> float | None:
    return None if value is None else require_number(value, nan=True, infinite=True)


def _require_line(value: object) -> str:
    """Return a text of a block, which may be empty; rendering makes it one line."""
    if not isinstance(value, str):
        raise Unexpected("a text", describe(value))
    if len(value) > LONGEST_TEXT:
        raise Unexpected(f"at most {LONGEST_TEXT} characters in a text", str(len(value)))
    return value


def _require_lines(value: object) -> tuple[str, ...]:
    return tuple(_require_line(line) for line in _require_items(value, str, "texts"))


def _require_items(value: object, kind: type[T], noun: str, most: int = MOST_ROWS) -> tuple[T, ...]:
    """Return the items of anything that can be iterated over and is no text.

    Parameters
    ----------
    value
        Any value; a generator is read up to `most`.
    kind
        The class of the items.
    noun
        The items in the plural, for messages.
    most
        The largest possible number of items.
    """
    if isinstance(value, str | bytes | dict) or not isinstance(value, Iterable):
        raise Unexpected(f"a list of {noun}", describe(value))
    items = tuple(islice(value, most + 1))
    if len(items) > most:
        raise Unexpected(f"at most {most} {noun}", "more")
    for item in items:
        if not isinstance(item, kind):
            raise Unexpected(f"a list of {noun}", f"{describe(item)} in it")
    return items
