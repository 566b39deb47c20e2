"""What the template shows: blocks with their ids, figures drawn, rows with their methods."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from lnmbench.records import Block, Cell, Figure, Paragraph, Table
from lnmbench.rendering.figures import Drawn, Entry, Looks, draw_panel, legend, rows
from lnmbench.rendering.html.data import Lists, figure_data
from lnmbench.rendering.html.svg import fitted, view_box

if TYPE_CHECKING:
    from markupsafe import Markup

LONG = 40
WHOLE = 12


@dataclass(slots=True, kw_only=True)
class Place:
    """What the blocks of a page share: places of methods, looks, numbers, ids that are taken."""

    methods: Mapping[str, int]
    looks: Looks
    lists: Lists
    ids: set[str] = field(default_factory=set)
    figures: list[dict[str, object]] = field(default_factory=list)

    def needed(self, methods: Iterable[str]) -> str:
        """Return `data-methods`: the numbers of those methods that the reader may choose."""
        return " ".join(
            str(n) for n in sorted({self.methods[a] for a in methods if a in self.methods})
        )

    def own_id(self, key: str) -> str:
        """Return an id that no other block has, made of the block's key."""
        stem = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-") or "block"
        number, name = 1, f"s-{stem}"
        while name in self.ids:
            number += 1
            name = f"s-{stem}-{number}"
        self.ids.add(name)
        return name

    def data(self) -> dict[str, object]:
        """Return the numbers of all figures for the page's script."""
        return {"figures": self.figures, "lists": self.lists.all()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table row: its cells, and the methods that it needs."""

    cells: tuple[Cell, ...]
    methods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table with its id; `head` is the column whose cells name the rows, -1 without one.

    A `long` one scrolls; a `whole` one is not broken between pages.
    """

    id: str
    block: Table
    rows: tuple[Row, ...]
    head: int
    long: bool
    whole: bool
    kind: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownParagraph:
    """A paragraph with its id."""

    id: str
    block: Paragraph
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPanel:
    """A drawn panel: the inside of its SVG, its size, and what a screen reader says of it."""

    svg: Markup
    width: float
    height: float
    label: str
    methods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """An entry of a legend, and the methods that it needs."""

    entry: Entry
    methods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigure:
    """A drawn figure; `number` is its place among the page's numbers."""

    id: str
    number: int
    block: Figure
    panels: tuple[ShownPanel, ...]
    legend: tuple[ShownEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures that follow each other and share a grid."""

    figures: tuple[ShownFigure, ...]
    kind: str = "figures"


Part = ShownTable | ShownParagraph | Figures


def parts(blocks: Sequence[Block], place: Place) -> list[Part]:
    """Return the parts of a page in order."""
    made: list[Part] = []
    for drawn, group in groupby(blocks, key=lambda block: isinstance(block, Figure)):
        if drawn:
            shown = tuple(_figure(one, place) for one in group if isinstance(one, Figure))
            made.append(Figures(figures=shown))
        else:
            made += [_written(block, place) for block in group]
    return made


def _written(block: Block, place: Place) -> Part:
    name = place.own_id(block.key)
    if isinstance(block, Table):
        aligned = [column.align for column in block.columns]
        methods = block.methods or ((),) * len(block.rows)
        return ShownTable(
            id=name,
            block=block,
            rows=tuple(
                Row(cells=cells, methods=place.needed(own))
                for cells, own in zip(block.rows, methods, strict=True)
            ),
            head=aligned.index("left") if "left" in aligned else -1,
            long=len(block.rows) > LONG,
            whole=len(block.rows) <= WHOLE,
        )
    assert isinstance(block, Paragraph)
    return ShownParagraph(id=name, block=block)


def _figure(figure: Figure, place: Place) -> ShownFigure:
    name = place.own_id(figure.key)
    drawn = [draw_panel(panel, place.looks) for panel in figure.panels]
    number = len(place.figures)
    place.figures.append(
        {**figure_data(figure, drawn, place.methods, place.lists), "file": name.removeprefix("s-")}
    )
    return ShownFigure(
        id=name,
        number=number,
        block=figure,
        panels=tuple(_panel(figure, n, one, place, number) for n, one in enumerate(drawn)),
        legend=tuple(
            ShownEntry(entry=entry, methods=place.needed(entry.methods))
            for entry in legend(figure, place.looks)
        ),
    )


def _panel(figure: Figure, n: int, drawn: Drawn, place: Place, number: int) -> ShownPanel:
    from markupsafe import Markup

    panel = figure.panels[n]
    width, height = view_box(drawn.svg)
    label = f"{figure.title}. {figure.alt}"
    if n:
        label = f"{figure.title}, panel {n + 1} of {len(figure.panels)}. {panel.title}"
    groups = dict(_groups(figure, n, place))
    return ShownPanel(
        svg=Markup(fitted(drawn.svg, prefix=f"f{number}p{n}-", groups=groups)),
        width=width,
        height=height,
        label=label,
        methods=place.needed(panel.methods),
    )


def _groups(figure: Figure, n: int, place: Place) -> Iterator[tuple[str, str]]:
    """Yield what each mark needs, and each row whose marks all need the same."""
    panel = figure.panels[n]
    by_row: dict[int, set[str]] = {}
    for number, mark in enumerate(panel.marks):
        methods = place.needed(mark.methods)
        yield f"mark-{number}", methods
        for row in rows(panel, mark):
            by_row.setdefault(row, set()).add(methods)
    for row, needs in by_row.items():
        if len(needs) == 1:
            yield f"row-{row}", needs.pop()
