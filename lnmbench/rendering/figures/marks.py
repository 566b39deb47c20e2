"""Drawing of one mark of a panel on matplotlib's axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lnmbench.records import Mark
from lnmbench.rendering.figures.styles import Style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

Rows = Literal["", "x", "y"]

WIDTH = 1.6
DOT = 4.5
_FILL = 0.16


def draw_mark(axes: Axes, mark: Mark, style: Style, *, number: int, rows: Rows) -> None:
    """Draw a mark over earlier ones; its artists have the group id `mark-<number>`.

    A mark without points draws nothing.

    Parameters
    ----------
    axes
        The axes of the panel.
    mark
        The mark.
    style
        Its color, dashes and marker.
    number
        The index of the mark in its panel.
    rows
        The axis with categories, if any.
    """
    if not mark.x.size:
        return
    for artist in _KINDS[mark.kind](axes, mark, style, rows):
        artist.set_gid(f"mark-{number}")
        artist.set_zorder(3.0 + number / 1000.0)


def bounds_of(mark: Mark) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the bounds `low` and `high` of a band or an interval (m,), NaN without them."""
    nothing = np.full_like(mark.x, np.nan, dtype=np.float64)
    low = nothing if mark.low is None else mark.low
    high = nothing if mark.high is None else mark.high
    return low, high


def bar_width(x: NDArray[np.float64], *, rows: bool) -> float:
    """Return the width of bars: the smallest distance of their positions, less for rows.

    Parameters
    ----------
    x
        The positions of the bars, (m,).
    rows
        Whether the positions are rows of an axis with categories.
    """
    distances = np.diff(np.unique(x[np.isfinite(x)]))
    narrowest = float(distances.min()) if distances.size else 1.0
    return narrowest * (0.7 if rows else 1.0)


def _line(axes: Axes, mark: Mark, style: Style, rows: Rows) -> Iterator[Artist]:
    drawstyle = "steps-post" if mark.kind == "steps" else "default"
    yield from axes.plot(mark.x, mark.y, drawstyle=drawstyle, linewidth=WIDTH, **_stroke(style))


def _rule(axes: Axes, mark: Mark, style: Style, rows: Rows) -> Iterator[Artist]:
    yield from axes.plot(mark.x, mark.y, color=style.hex, linewidth=0.8, dashes=(3.0, 3.0))


def _points(axes: Axes, mark: Mark, style: Style, rows: Rows) -> Iterator[Artist]:
    many = mark.x.size > 60
    yield from axes.plot(
        mark.x,
        mark.y,
        linestyle="none",
        marker=style.marker,
        markersize=DOT * (0.7 if many else 1.0),
        markerfacecolor=style.hex,
        markeredgewidth=0.0,
        alpha=0.75 if many else 1.0,
    )


def _band(axes: Axes, mark: Mark, style: Style, rows: Rows) -> Iterator[Artist]:
    low, high = bounds_of(mark)
    fill = axes.fill_between if mark.along == "y" else axes.fill_betweenx
    positions = mark.x if mark.along == "y" else mark.y
    yield fill(positions, low, high, color=style.hex, alpha=_FILL, linewidth=0.0)
    for edge in (low, high):
        points = (positions, edge) if mark.along == "y" else (edge, positions)
        yield from axes.plot(*points, color=style.hex, linewidth=0.6, alpha=0.7)


def _interval(axes: Axes, mark: Mark, style: Style, rows: Rows) -> Iterator[Artist]:
    low, high = bounds_of(mark)
    upright = mark.along == "y"
    positions = mark.x if upright else mark.y
    draw_lines = axes.vlines if upright else axes.hlines
    yield draw_lines(positions, low, high, color=style.hex, linewidth=1.3)
    for end in (low, high):
        points = (positions, end) if upright else (end, positions)
        cap: dict[str, Any] = {
            "marker": "_" if upright else "|",
            "markersize": 6.0,
            "markeredgewidth": 1.3,
        }
        yield from axes.plot(*points, linestyle="none", color=style.hex, **cap)


def _bars(axes: Axes, mark: Mark, style: Style, rows: Rows) -> Iterator[Artist]:
    from matplotlib.collections import PolyCollection

    sideways = rows == "y"
    positions, lengths = (mark.y, mark.x) if sideways else (mark.x, mark.y)
    half = bar_width(positions, rows=bool(rows)) / 2.0
    corners = [
        [(w - half, 0.0), (w - half, n), (w + half, n), (w + half, 0.0)]
        for w, n in sorted(zip(positions.tolist(), lengths.tolist(), strict=True))
        if np.isfinite([w, n]).all()
    ]
    if sideways:
        corners = [[(n, w) for w, n in corner] for corner in corners]
    # bars that touch have one outline
    tops = [point for corner in corners for point in corner[1:3]]
    outline = [[corners[0][0], *tops, corners[-1][3]]] if corners else []
    filled = PolyCollection(corners, facecolors=style.hex, alpha=0.3, linewidths=0.0)
    edged = PolyCollection(
        corners if rows else outline,
        facecolors="none",
        edgecolors=style.hex,
        linewidths=1.2,
        linestyles=[(0.0, style.dashes)] if style.dashes else "solid",
    )
    for collection in (filled, edged):
        axes.add_collection(collection, autolim=False)
        yield collection


def _stroke(style: Style) -> dict[str, Any]:
    plain: dict[str, Any] = {"color": style.hex, "solid_joinstyle": "round"}
    return {**plain, "dashes": style.dashes} if style.dashes else plain


_KINDS: dict[str, Callable[[Axes, Mark, Style, Rows], Iterator[Artist]]] = {
    "line": _line,
    "steps": _line,
    "points": _points,
    "band": _band,
    "interval": _interval,
    "bars": _bars,
    "rule": _rule,
}
