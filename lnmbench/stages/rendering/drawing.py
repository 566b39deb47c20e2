"""Draws figures with matplotlib: a panel for a page, or a whole figure for a file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lnmbench.records import Figure, Panel
from lnmbench.stages.rendering.axes import ACROSS, SHORT, above, dress, names_above, span, wrapped
from lnmbench.stages.rendering.legend import Entry, legend
from lnmbench.stages.rendering.looks import LIGHT, Looks
from lnmbench.stages.rendering.marks import DOT, WIDTH, Rows, draw

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

FileFormat = Literal["svg", "pdf"]

WIDE_IN, HIGH_IN = 4.4, 3.4
_LEGEND_LINE_IN = 0.2
_POINTS = 72.0
# for what the first font has no sign for, where one of these is installed
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
    with _matplotlib(fonttype="none"):
        canvas = _canvas([panel])
        axes = canvas.subplots()
        _fill(axes, panel, looks)
        svg = _bytes(canvas, "svg").decode("utf-8")
        inside = axes.get_position()
        wide, high = (inches * _POINTS for inches in canvas.get_size_inches())
    left, right = float(inside.x0 * wide), float(inside.x1 * wide)
    box = (left, float((1.0 - inside.y1) * high), right, float((1.0 - inside.y0) * high))
    y = span(panel, "y")
    return Drawn(svg=svg, box=box, x=span(panel, "x"), y=(y[1], y[0]) if panel.y.categories else y)


def draw_file(figure: Figure, looks: Looks, format: FileFormat) -> bytes:
    """Return a figure for a manuscript: panels side by side, legend below, fonts embedded.

    The same figure gives the same bytes.
    """
    with _matplotlib(fonttype="path"):
        entries = legend(figure, looks)
        canvas = _canvas(figure.panels, entries)
        row = canvas.subplots(1, len(figure.panels), squeeze=False)[0]
        for axes, panel in zip(row, figure.panels, strict=True):
            _fill(axes, panel, looks)
        if entries:
            _legend(canvas, entries, columns=len(figure.panels))
        return _bytes(canvas, format)


@contextmanager
def _matplotlib(*, fonttype: str) -> Iterator[None]:
    """Set matplotlib up for us alone, whatever the user's own settings are."""
    import matplotlib as mpl
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    family = ["DejaVu Sans", *(name for name in _MORE_FONTS if name in installed)]
    with mpl.rc_context(), warnings.catch_warnings():
        # a name may hold signs that no font has; they are drawn as boxes
        warnings.filterwarnings("ignore", message="(?s).*Glyph .* missing from")
        warnings.filterwarnings("ignore", message=".*[Cc]onstrained_?layout not applied")
        mpl.rcdefaults()
        own: Any = {**_STYLE, "font.family": family, "svg.fonttype": fonttype}
        mpl.rcParams.update(own)
        yield


def _canvas(panels: Sequence[Panel], entries: Sequence[Entry] = ()) -> Canvas:
    from matplotlib.figure import Figure as Canvas

    high = max(map(_height, panels), default=HIGH_IN)
    lines = -(-sum(len(wrapped(e.name, ACROSS)) for e in entries) // max(1, len(panels)))
    size = (WIDE_IN * max(1, len(panels)), high + _LEGEND_LINE_IN * lines)
    return Canvas(figsize=size, dpi=_POINTS, layout="constrained")


def _height(panel: Panel) -> float:
    names = panel.y.categories
    if not names:
        return HIGH_IN
    if names_above(panel.y):
        row = max(0.55, 0.42 * max(len(above(name)) for name in names))
    else:
        row = max(0.3, 0.1 + 0.17 * max(len(wrapped(name, SHORT)) for name in names))
    return max(2.0, 0.8 + row * len(names))


def _fill(axes: Axes, panel: Panel, looks: Looks) -> None:
    dress(axes, panel)
    rows: Rows = "y" if panel.y.categories else "x" if panel.x.categories else ""
    for number, mark in enumerate(panel.marks):
        draw(axes, mark, looks.of(mark), number=number, rows=rows)


def _bytes(canvas: Canvas, format: FileFormat) -> bytes:
    page = io.BytesIO()
    nothing: dict[str, Any] = {"Date": None} if format == "svg" else {"CreationDate": None}
    canvas.savefig(page, format=format, metadata=nothing, transparent=True)
    return page.getvalue()


def _legend(canvas: Canvas, entries: Sequence[Entry], *, columns: int) -> None:
    names = ["\n".join(wrapped(entry.name, ACROSS)) for entry in entries]
    canvas.legend(
        [_sample(entry) for entry in entries],
        names,
        loc="outside lower left",
        ncols=columns,
        frameon=False,
        fontsize=9.0,
    )


def _sample(entry: Entry) -> Artist:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    look, kinds = entry.look, set(entry.kinds)
    if kinds <= {"band", "bars"}:
        return Patch(facecolor=look.hex, alpha=0.35, edgecolor=look.hex)
    lined = bool(kinds & {"line", "steps", "interval", "rule"})
    if kinds == {"rule"}:
        return Line2D([], [], color=look.hex, linewidth=0.8, dashes=(3.0, 3.0))
    dashes: dict[str, Any] = (
        {"dashes": look.dashes} if look.dashes and kinds & {"line", "steps"} else {}
    )
    return Line2D(
        [],
        [],
        color=look.hex,
        linestyle="-" if lined else "none",
        linewidth=WIDTH,
        marker=look.marker if "points" in kinds else "",
        markersize=DOT,
        **dashes,
    )
