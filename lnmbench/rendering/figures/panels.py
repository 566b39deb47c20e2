"""Draws figures with matplotlib: a panel for a page, or a whole figure for a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmbench.records import Figure, Panel
from lnmbench.rendering.figures.axes import dress, span
from lnmbench.rendering.figures.canvas import POINTS, FileFormat, blank, matplotlib, written
from lnmbench.rendering.figures.legend import legend
from lnmbench.rendering.figures.looks import Looks
from lnmbench.rendering.figures.marks import Rows, draw
from lnmbench.rendering.figures.samples import draw_legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A panel as matplotlib's SVG, and where its values lie in it.

    `box` is left, top, right, bottom of the axes in points from the top left of the drawing;
    `x` are the values at left and right, `y` those at bottom and top.
    """

    svg: str
    box: tuple[float, float, float, float]
    x: tuple[float, float]
    y: tuple[float, float]


def draw_panel(panel: Panel, looks: Looks) -> Drawn:
    """Return one panel without a legend, its texts as text, its marks in groups `mark-<number>`."""
    with matplotlib(fonttype="none"):
        canvas = blank([panel])
        axes = canvas.subplots()
        _fill(axes, panel, looks)
        svg = written(canvas, "svg").decode("utf-8")
        inside = axes.get_position()
        wide, high = (inches * POINTS for inches in canvas.get_size_inches())
    left, right = float(inside.x0 * wide), float(inside.x1 * wide)
    box = (left, float((1.0 - inside.y1) * high), right, float((1.0 - inside.y0) * high))
    y = span(panel, "y")
    return Drawn(svg=svg, box=box, x=span(panel, "x"), y=(y[1], y[0]) if panel.y.categories else y)


def draw_file(figure: Figure, looks: Looks, format: FileFormat) -> bytes:
    """Return a figure for a manuscript: panels side by side, legend below, fonts embedded.

    The same figure gives the same bytes.
    """
    with matplotlib(fonttype="path"):
        entries = legend(figure, looks)
        canvas = blank(figure.panels, entries)
        row = canvas.subplots(1, len(figure.panels), squeeze=False)[0]
        for axes, panel in zip(row, figure.panels, strict=True):
            _fill(axes, panel, looks)
        if entries:
            draw_legend(canvas, entries, columns=len(figure.panels))
        return written(canvas, format)


def _fill(axes: Axes, panel: Panel, looks: Looks) -> None:
    dress(axes, panel)
    rows: Rows = "y" if panel.y.categories else "x" if panel.x.categories else ""
    for number, mark in enumerate(panel.marks):
        draw(axes, mark, looks.of(mark), number=number, rows=rows)
