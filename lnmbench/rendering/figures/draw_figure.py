"""Figures drawn with matplotlib: a panel for a page, or a whole figure for a file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lnmbench.records import Figure, Panel
from lnmbench.rendering.figures.axes import axis_limits, draw_axes
from lnmbench.rendering.figures.category_names import (
    ACROSS,
    SHORT,
    are_above_rows,
    wrap,
    wrap_above_row,
)
from lnmbench.rendering.figures.legend import LegendEntry, draw_legend, legend_entries
from lnmbench.rendering.figures.marks import Rows, draw_mark
from lnmbench.rendering.figures.styles import LIGHT, Styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

FileFormat = Literal["svg", "pdf"]

WIDE_IN, HIGH_IN = 4.4, 3.4
_LEGEND_LINE_IN = 0.2
POINTS = 72.0
# for characters that the first font lacks, if one of these is installed
_MORE_FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "Noto Sans Arabic")
_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": LIGHT["edge"],
    "axes.labelcolor": LIGHT["ink"],
    "axes.labelsize": 10.0,
    "axes.linewidth": 0.8,
    "axes.titlesize": 10.0,
    "font.size": 10.0,
    "pdf.fonttype": 42,
    "svg.hashsalt": "lnmbench",
    "text.color": LIGHT["ink"],
    "text.parse_math": False,
    "xtick.color": LIGHT["edge"],
    "xtick.labelcolor": LIGHT["ink"],
    "ytick.color": LIGHT["edge"],
    "ytick.labelcolor": LIGHT["ink"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPanel:
    """A panel as matplotlib's SVG, with the coordinates of its axes.

    `box` is left, top, right, bottom of the axes in points from the top left of the drawing;
    `x` are the values at left and right, `y` those at bottom and top.
    """

    svg: str
    box: tuple[float, float, float, float]
    x: tuple[float, float]
    y: tuple[float, float]


def draw_panel(panel: Panel, styles: Styles) -> DrawnPanel:
    """Return one panel without a legend, its texts as text, its marks in groups `mark-<number>`."""
    with matplotlib_settings(fonttype="none"):
        canvas = make_canvas([panel])
        axes = canvas.subplots()
        _fill(axes, panel, styles)
        svg = canvas_bytes(canvas, "svg").decode("utf-8")
        extent = axes.get_position()
        width, height = (inches * POINTS for inches in canvas.get_size_inches())
    left, right = float(extent.x0 * width), float(extent.x1 * width)
    box = (left, float((1.0 - extent.y1) * height), right, float((1.0 - extent.y0) * height))
    y = axis_limits(panel, "y")
    return DrawnPanel(
        svg=svg, box=box, x=axis_limits(panel, "x"), y=(y[1], y[0]) if panel.y.categories else y
    )


def draw_file(figure: Figure, styles: Styles, format: FileFormat) -> bytes:
    """Return a figure for a manuscript: panels side by side, legend below, fonts embedded.

    The same figure gives the same bytes.

    Parameters
    ----------
    figure
        The figure.
    styles
        The styles of all figures of the report.
    format
        The format of the file.
    """
    with matplotlib_settings(fonttype="path"):
        entries = legend_entries(figure, styles)
        canvas = make_canvas(figure.panels, entries)
        row = canvas.subplots(1, len(figure.panels), squeeze=False)[0]
        for axes, panel in zip(row, figure.panels, strict=True):
            _fill(axes, panel, styles)
        if entries:
            draw_legend(canvas, entries, columns=len(figure.panels))
        return canvas_bytes(canvas, format)


def _fill(axes: Axes, panel: Panel, styles: Styles) -> None:
    draw_axes(axes, panel)
    rows: Rows = "y" if panel.y.categories else "x" if panel.x.categories else ""
    for number, mark in enumerate(panel.marks):
        draw_mark(axes, mark, styles.style_of(mark), number=number, rows=rows)


@contextmanager
def matplotlib_settings(*, fonttype: str) -> Iterator[None]:
    """Use fixed settings of matplotlib inside the block, whatever the user has configured."""
    import matplotlib as mpl
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    family = ["DejaVu Sans", *(name for name in _MORE_FONTS if name in installed)]
    with mpl.rc_context(), warnings.catch_warnings():
        # names may hold characters that no font has; they are drawn as boxes
        warnings.filterwarnings("ignore", message="(?s).*Glyph .* missing from")
        warnings.filterwarnings("ignore", message=".*[Cc]onstrained_?layout not applied")
        mpl.rcdefaults()
        settings: Any = {**_STYLE, "font.family": family, "svg.fonttype": fonttype}
        mpl.rcParams.update(settings)
        yield


def make_canvas(panels: Sequence[Panel], entries: Sequence[LegendEntry] = ()) -> Canvas:
    """Return an empty canvas with space for the panels side by side and a legend below."""
    from matplotlib.figure import Figure as Canvas

    height = max(map(_height, panels), default=HIGH_IN)
    lines = -(-sum(len(wrap(e.name, ACROSS)) for e in entries) // max(1, len(panels)))
    size = (WIDE_IN * max(1, len(panels)), height + _LEGEND_LINE_IN * lines)
    return Canvas(figsize=size, dpi=POINTS, layout="constrained")


def _height(panel: Panel) -> float:
    names = panel.y.categories
    if not names:
        return HIGH_IN
    if are_above_rows(panel.y):
        row = max(0.55, 0.42 * max(len(wrap_above_row(name)) for name in names))
    else:
        row = max(0.3, 0.1 + 0.17 * max(len(wrap(name, SHORT)) for name in names))
    return max(2.0, 0.8 + row * len(names))


def canvas_bytes(canvas: Canvas, format: FileFormat) -> bytes:
    """Return the canvas as a file without its creation time."""
    stream = io.BytesIO()
    no_date: dict[str, Any] = {"Date": None} if format == "svg" else {"CreationDate": None}
    canvas.savefig(stream, format=format, metadata=no_date, transparent=True)
    return stream.getvalue()
