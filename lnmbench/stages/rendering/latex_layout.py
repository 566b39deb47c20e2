"""How a table fits on a page of LaTeX: size of type, columns that wrap, sideways, or in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lnmbench.records import Table, TableColumn
from lnmbench.stages.rendering.headings import broken

# of the class article at 10 pt, which is narrower than most journals' text
TEXT_WIDTH_PT = 345.0
TEXT_HEIGHT_PT = 550.0
ROWS = 36
LONG_WORD = 20

_NARROW = set("iljftI.,:;|!'()[]{}/\\` ")
_WIDE = set("mwMWÆŒæœ@%—−+<>=")
_GAP_PT = 6.0
_LEAST_PT = 34.0
_LONGEST_FIGURES_PT = 150.0
_PIECE = re.compile(r"[^\s:=,;/+_.\-]{1,12}[:=,;/+_.\-]*|[:=,;/+_.\-]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table as it is set: `widths` are points where a column wraps, None where it does not."""

    table: Table
    size: str
    widths: tuple[float | None, ...]
    gap_pt: float
    sideways: bool
    long: bool


def layouts(table: Table) -> Iterator[Layout]:
    """Yield how a table is set, in several parts with the first column in each if need be.

    The type is never smaller than \\scriptsize, 7 points.
    """
    for step in _STEPS:
        size, points, gap, sideways = step
        room = (TEXT_HEIGHT_PT if sideways else TEXT_WIDTH_PT) - gap * 2 * len(table.columns)
        widths = _fit(table, points, room)
        if widths is not None:
            break
    else:
        if len(table.columns) > 2:
            for part in _halves(table):
                yield from layouts(part)
            return
        widths = tuple(room / len(table.columns) for _ in table.columns)
    yield Layout(
        table=table,
        size=size,
        widths=widths,
        gap_pt=gap,
        sideways=sideways,
        long=_lines(table, widths, points) > ROWS * (0.55 if sideways else 1.0),
    )


def pieces(word: str) -> list[str]:
    """Return the pieces between which a word may be broken, one where it is short.

    Examples
    --------
    >>> pieces("encoder=resnet50:weights=random")
    ['encoder=', 'resnet50:', 'weights=', 'random']
    """
    return _PIECE.findall(word) if len(word) > LONG_WORD else [word]


def width_pt(text: str, points: float) -> float:
    """Return about how wide a text is in type of so many points."""
    ems = sum(
        0.32 if c in _NARROW else 0.92 if c in _WIDE else 0.78 if c.isupper() else 0.56
        for c in text
    )
    # small type is wider for its height
    return ems * (points + 0.17 * (10.0 - points))


_STEPS = (
    ("small", 9.0, _GAP_PT, False),
    ("footnotesize", 8.0, 4.0, False),
    ("scriptsize", 7.0, 3.0, False),
    ("footnotesize", 8.0, 4.0, True),
    ("scriptsize", 7.0, 3.0, True),
)


def _fit(table: Table, points: float, room: float) -> tuple[float | None, ...] | None:
    """Return the widths of columns in the room, None where they do not fit in it."""
    natural, least = [], []
    for at, column in enumerate(table.columns):
        texts = [*broken(column.heading), *(row[at].text for row in table.rows)]
        wide = max(width_pt(text, points) for text in texts)
        words = [p for text in texts for word in text.split() for p in pieces(word)]
        word = max((width_pt(piece, points) for piece in words), default=0.0)
        wraps = column.align == "left" or wide > _LONGEST_FIGURES_PT
        natural.append(wide)
        least.append(min(wide, max(_LEAST_PT, word)) if wraps else wide)
    if sum(natural) <= room:
        return (None,) * len(natural)
    spare = room - sum(least)
    if spare < 0.0:
        return None
    wanted = [wide - low for wide, low in zip(natural, least, strict=True)]
    given = _shared(wanted, spare)
    return tuple(
        None if more >= want else low + more
        for low, want, more in zip(least, wanted, given, strict=True)
    )


def _shared(wanted: list[float], spare: float) -> list[float]:
    """Share what is spare: those that want little get it all, the others the same each."""
    given = [0.0] * len(wanted)
    for left, at in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        given[at] = min(wanted[at], spare / (len(wanted) - left))
        spare -= given[at]
    return given


def _lines(table: Table, widths: tuple[float | None, ...], points: float) -> float:
    return sum(
        max(
            (
                max(1.0, -(-width_pt(cell.text, points) * 1.1 // width))
                for cell, width in zip(row, widths, strict=True)
                if width is not None
            ),
            default=1.0,
        )
        for row in table.rows
    )


def _halves(table: Table) -> Iterator[Table]:
    middle = 1 + len(table.columns) // 2
    for number, (first, last) in enumerate(((1, middle), (middle, len(table.columns)))):
        if first < last:
            yield _part(table, (0, *range(first, last)), again=bool(number))


def _part(table: Table, at: tuple[int, ...], *, again: bool) -> Table:
    columns: tuple[TableColumn, ...] = tuple(table.columns[n] for n in at)
    return replace(
        table,
        key=f"{table.key}-more" if again else table.key,
        title=f"{table.title} (more columns)" if again else table.title,
        columns=columns,
        rows=tuple(tuple(row[n] for n in at) for row in table.rows),
        notes=table.notes if again else (),
    )
