"""Parts of a page for its template: blocks with ids, drawn figures, images, rows with methods."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from lnmbench.records import Block, Cell, Figure, Gallery, Paragraph, Picture, Table
from lnmbench.rendering.figures import (
    DrawnPanel,
    LegendEntry,
    Styles,
    draw_panel,
    legend_entries,
    rows_of,
)
from lnmbench.rendering.html.inline_svg import inline_svg, view_box
from lnmbench.rendering.html.script_data import NumberLists, figure_data
from lnmbench.rendering.png import encode_png

if TYPE_CHECKING:
    from markupsafe import Markup

LONG_ROWS = 40
UNBROKEN_ROWS = 12


@dataclass(slots=True, kw_only=True)
class PageContext:
    """State that the blocks of a page share: method numbers, styles, number lists, used ids."""

    methods: Mapping[str, int]
    styles: Styles
    lists: NumberLists
    ids: set[str] = field(default_factory=set)
    figures: list[dict[str, object]] = field(default_factory=list)

    def method_numbers(self, methods: Iterable[str]) -> str:
        """Return `data-methods`: the numbers of those methods that the reader may choose."""
        return " ".join(
            str(n) for n in sorted({self.methods[m] for m in methods if m in self.methods})
        )

    def unique_id(self, key: str) -> str:
        """Return an id that no other block has, derived from the block's key."""
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
    """A table row: its cells and the numbers of its methods."""

    cells: tuple[Cell, ...]
    methods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePart:
    """A table with its id; `head` is the column whose cells name the rows, -1 without one.

    A `long` table scrolls; a `whole` one is not broken between pages.
    """

    id: str
    block: Table
    rows: tuple[Row, ...]
    head: int
    long: bool
    whole: bool
    kind: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphPart:
    """A paragraph with its id."""

    id: str
    block: Paragraph
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPart:
    """A drawn panel: the content of its SVG, its size, and its label for screen readers."""

    svg: Markup
    width: float
    height: float
    label: str
    methods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendPart:
    """An entry of a legend with the numbers of its methods."""

    entry: LegendEntry
    methods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePart:
    """A drawn figure; `number` is its index in the page's data."""

    id: str
    number: int
    block: Figure
    panels: tuple[PanelPart, ...]
    legend: tuple[LegendPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureGroup:
    """Successive figures, which share a grid."""

    figures: tuple[FigurePart, ...]
    kind: str = "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePart:
    """An image: its address with the data of a PNG, its size, texts, and method numbers."""

    source: str
    width: int
    height: int
    alt: str
    caption: str
    methods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPart:
    """A gallery with its id."""

    id: str
    block: Gallery
    pictures: tuple[PicturePart, ...]
    kind: str = "gallery"


Part = TablePart | ParagraphPart | FigureGroup | GalleryPart


def build_parts(blocks: Sequence[Block], context: PageContext) -> list[Part]:
    """Return the parts of a page in order."""
    parts: list[Part] = []
    for are_figures, group in groupby(blocks, key=lambda block: isinstance(block, Figure)):
        if are_figures:
            figures = tuple(_figure(block, context) for block in group if isinstance(block, Figure))
            parts.append(FigureGroup(figures=figures))
        else:
            others = (block for block in group if not isinstance(block, Figure))
            parts += [_part(block, context) for block in others]
    return parts


def _part(block: Table | Paragraph | Gallery, context: PageContext) -> Part:
    name = context.unique_id(block.key)
    if isinstance(block, Table):
        aligned = [column.align for column in block.columns]
        methods = block.methods or ((),) * len(block.rows)
        return TablePart(
            id=name,
            block=block,
            rows=tuple(
                Row(cells=cells, methods=context.method_numbers(row_methods))
                for cells, row_methods in zip(block.rows, methods, strict=True)
            ),
            head=aligned.index("left") if "left" in aligned else -1,
            long=len(block.rows) > LONG_ROWS,
            whole=len(block.rows) <= UNBROKEN_ROWS,
        )
    if isinstance(block, Gallery):
        pictures = tuple(_picture(picture, context) for picture in block.pictures)
        return GalleryPart(id=name, block=block, pictures=pictures)
    return ParagraphPart(id=name, block=block)


def _picture(picture: Picture, context: PageContext) -> PicturePart:
    data = base64.b64encode(encode_png(picture.pixels)).decode("ascii")
    height, width = picture.pixels.shape[:2]
    return PicturePart(
        source=f"data:image/png;base64,{data}",
        width=width,
        height=height,
        alt=picture.alt,
        caption=picture.caption,
        methods=context.method_numbers(picture.methods),
    )


def _figure(figure: Figure, context: PageContext) -> FigurePart:
    name = context.unique_id(figure.key)
    drawn = [draw_panel(panel, context.styles) for panel in figure.panels]
    number = len(context.figures)
    context.figures.append(
        {
            **figure_data(figure, drawn, context.methods, context.lists),
            "file": name.removeprefix("s-"),
        }
    )
    return FigurePart(
        id=name,
        number=number,
        block=figure,
        panels=tuple(_panel(figure, n, panel, context, number) for n, panel in enumerate(drawn)),
        legend=tuple(
            LegendPart(entry=entry, methods=context.method_numbers(entry.methods))
            for entry in legend_entries(figure, context.styles)
        ),
    )


def _panel(
    figure: Figure, n: int, drawn: DrawnPanel, context: PageContext, number: int
) -> PanelPart:
    from markupsafe import Markup

    panel = figure.panels[n]
    width, height = view_box(drawn.svg)
    label = f"{figure.title}. {figure.alt}"
    if n:
        label = f"{figure.title}, panel {n + 1} of {len(figure.panels)}. {panel.title}"
    groups = dict(_groups(figure, n, context))
    return PanelPart(
        svg=Markup(inline_svg(drawn.svg, prefix=f"f{number}p{n}-", groups=groups)),
        width=width,
        height=height,
        label=label,
        methods=context.method_numbers(panel.methods),
    )


def _groups(figure: Figure, n: int, context: PageContext) -> Iterator[tuple[str, str]]:
    """Yield the method numbers of each mark, and of each row whose marks have the same ones."""
    panel = figure.panels[n]
    by_row: dict[int, set[str]] = {}
    for number, mark in enumerate(panel.marks):
        methods = context.method_numbers(mark.methods)
        yield f"mark-{number}", methods
        for row in rows_of(panel, mark):
            by_row.setdefault(row, set()).add(methods)
    for row, row_methods in by_row.items():
        if len(row_methods) == 1:
            yield f"row-{row}", row_methods.pop()
