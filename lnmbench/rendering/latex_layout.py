"""Layout of a table on a LaTeX page: font size, wrapping columns, landscape, or parts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lnmbench.records import Table, TableColumn
from lnmbench.rendering.headings import wrap_heading

# of the class article at 10 pt, which is narrower than most journals' text
TEXT_WIDTH_PT = 345.0
TEXT_HEIGHT_PT = 550.0
ROWS = 36
MOST_LINES = 4
"""Lines of a row, on average, above which a table is set sideways if its rows are shorter then."""
LONG_WORD, LONGEST_WORD = 12, 20

# of Computer Modern at 10 pt; its small sizes are relatively wider
_EMS = (
    (0.31, frozenset("iljfI.,:;|!'` ")),
    (0.39, frozenset("t()[]{}rs-")),
    (0.50, frozenset("0123456789/\\")),
    (0.84, frozenset("mwMWÆŒæœ@%—−+<>=")),
)
_WIDER = {7.0: 1.14, 8.0: 1.06, 9.0: 1.03}
_GAP_PT = 6.0
_LEAST_PT = 34.0
_LONGEST_FIGURES_PT = 150.0
# words after a number, as in .02, not confirmed
_REMARK = re.compile(r", [^\W\d]")
# after punctuation; one or two last letters stay with the piece before
_SIGNED = re.compile(r"[^:=,;/+_]*[:=,;/+_]+(?:[^:=,;/+_]{1,2}$)?|[^:=,;/+_]+")
_HEADING = 16
_PIECE = re.compile(r"[^\s:=,;/+_.\-]{1,12}[:=,;/+_.\-]*|[:=,;/+_.\-]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table with its layout; `widths` are in points, None for columns that do not wrap."""

    table: Table
    size: str
    widths: tuple[float | None, ...]
    gap_pt: float
    sideways: bool
    lines: float

    @property
    def long(self) -> bool:
        """True if the table needs more than a page."""
        return self.lines > ROWS * (0.55 if self.sideways else 1.0)


def choose_layouts(table: Table) -> Iterator[Layout]:
    """Yield the layout of a table, or of several parts that repeat its first column.

    The font is never smaller than \\scriptsize, 7 points. A layout whose rows have few lines is
    preferred.
    """
    layouts = [layout for step in _STEPS if (layout := _lay_out(table, *step))]
    if layouts:
        legible = (layout for layout in layouts if layout.lines <= MOST_LINES * len(table.rows))
        yield next(legible, layouts[0])
    elif len(table.columns) > 2:
        for part in _halves(table):
            yield from choose_layouts(part)
    else:
        size, points, gap, sideways = _STEPS[-1]
        available = _available(table, gap, sideways=sideways)
        widths = tuple(available / len(table.columns) for _ in table.columns)
        yield _make_layout(table, widths, size, points, gap, sideways)


def split_word(word: str) -> list[str]:
    """Return the pieces between which a word may be broken; a short word is one piece.

    Examples
    --------
    >>> split_word("encoder=resnet50:weights=random")
    ['encoder=', 'resnet50:', 'weights=', 'random']
    """
    if len(word) > LONGEST_WORD:
        return _PIECE.findall(word)
    return _SIGNED.findall(word) if len(word) > LONG_WORD else [word]


def wrap_heading_lines(heading: str) -> list[str]:
    """Return a column's heading in lines; long words are split.

    Examples
    --------
    >>> wrap_heading_lines("synthetic:n=40,images=false,seed=0 7aa84b")
    ['synthetic:n=40,', 'images=false,', 'seed=0', '7aa84b']
    """
    lines: list[str] = []
    for line in wrap_heading(heading):
        if max(map(len, line.split()), default=0) <= LONGEST_WORD:
            lines.append(line)
            continue
        for word in line.split():
            lines.append("")
            for piece in split_word(word):
                if len(lines[-1] + piece) > _HEADING:
                    lines.append("")
                lines[-1] += piece
    return [line for line in lines if line]


def width_pt(text: str, points: float) -> float:
    """Return the approximate width in points of a text in a font of 7, 8 or 9 points."""
    return sum(map(_em, text)) * points * _WIDER[points]


def _em(character: str) -> float:
    for em, characters in _EMS:
        if character in characters:
            return em
    return 0.70 if character.isupper() else 0.52


_STEPS = (
    ("small", 9.0, _GAP_PT, False),
    ("footnotesize", 8.0, 4.0, False),
    ("scriptsize", 7.0, 3.0, False),
    ("footnotesize", 8.0, 4.0, True),
    ("scriptsize", 7.0, 3.0, True),
)


def _lay_out(table: Table, size: str, points: float, gap: float, sideways: bool) -> Layout | None:
    """Return the layout of a table in a font and an orientation, None if it does not fit."""
    widths = _fit(table, points, _available(table, gap, sideways=sideways))
    return None if widths is None else _make_layout(table, widths, size, points, gap, sideways)


def _available(table: Table, gap: float, *, sideways: bool) -> float:
    """Return the points for the columns of a table, without the gaps between them."""
    return (TEXT_HEIGHT_PT if sideways else TEXT_WIDTH_PT) - gap * 2 * (len(table.columns) - 1)


def _make_layout(
    table: Table,
    widths: tuple[float | None, ...],
    size: str,
    points: float,
    gap: float,
    sideways: bool,
) -> Layout:
    return Layout(
        table=table,
        size=size,
        widths=widths,
        gap_pt=gap,
        sideways=sideways,
        lines=_lines(table, widths, points),
    )


def _fit(table: Table, points: float, available: float) -> tuple[float | None, ...] | None:
    """Return the widths of columns within the available points, None if they do not fit."""
    natural, least = [], []
    for index, column in enumerate(table.columns):
        cells = [row[index].text for row in table.rows]
        head = max(width_pt(line, points) for line in wrap_heading_lines(column.heading))
        wide = max([head, *(width_pt(text, points) for text in cells)])
        words = [p for text in cells for word in text.split() for p in split_word(word)]
        word = max([head, *(width_pt(piece, points) for piece in words)])
        has_remark = any(_REMARK.search(text) for text in cells)
        wraps = column.align == "left" or has_remark or wide > _LONGEST_FIGURES_PT
        natural.append(wide)
        least.append(min(wide, max(_LEAST_PT, word)) if wraps else wide)
    if sum(natural) <= available:
        return (None,) * len(natural)
    spare = available - sum(least)
    if spare < 0.0:
        return None
    extra = [wide - low for wide, low in zip(natural, least, strict=True)]
    shares = _share(extra, spare)
    return tuple(
        None if more >= want else low + more
        for low, want, more in zip(least, extra, shares, strict=True)
    )


def _share(extra: list[float], spare: float) -> list[float]:
    """Return shares of the spare points: small requests in full, larger ones in part.

    Shares are proportional to the square root, so that columns of much text leave space for the
    others.
    """
    shares = [0.0] * len(extra)
    order = sorted(range(len(extra)), key=extra.__getitem__)
    for number, index in enumerate(order):
        rest = sum(math.sqrt(extra[other]) for other in order[number:]) or 1.0
        shares[index] = min(extra[index], spare * math.sqrt(extra[index]) / rest)
        spare -= shares[index]
    return shares


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


def _part(table: Table, indices: tuple[int, ...], *, again: bool) -> Table:
    columns: tuple[TableColumn, ...] = tuple(table.columns[n] for n in indices)
    return replace(
        table,
        key=f"{table.key}-more" if again else table.key,
        title=f"{table.title} (more columns)" if again else table.title,
        columns=columns,
        rows=tuple(tuple(row[n] for n in indices) for row in table.rows),
        notes=table.notes if again else (),
    )
