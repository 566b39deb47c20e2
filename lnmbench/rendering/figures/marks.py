"""Draws one mark of a panel on matplotlib's axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lnmbench.records import Mark
from lnmbench.rendering.figures.looks import Look

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

Rows = Literal["", "x", "y"]

WIDTH = 1.6
DOT = 4.5
_FILL = 0.16


def draw(axes: Axes, mark: Mark, look: Look, *, number: int, rows: Rows) -> None:
    """Draw a mark over what is there; its artists have the group id `mark-<number>`.

    `rows` is the axis with categories, if any. A mark without points draws nothing.
    """
    if not mark.x.size:
        return
    for artist in _KINDS[mark.kind](axes, mark, look, rows):
        artist.set_gid(f"mark-{number}")
        artist.set_zorder(3.0 + number / 1000.0)


def ends(mark: Mark) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the bounds `low` and `high` of a band or an interval lie, NaN without them."""
    nothing = np.full_like(mark.x, np.nan, dtype=np.float64)
    low = nothing if mark.low is None else mark.low
    high = nothing if mark.high is None else mark.high
    return low, high


def bar_width(x: NDArray[np.float64], *, rows: bool) -> float:
    """Return how wide bars are: as the positions lie apart, less where they are rows."""
    apart = np.diff(np.unique(x[np.isfinite(x)]))
    narrowest = float(apart.min()) if apart.size else 1.0
    return narrowest * (0.7 if rows else 1.0)


def _line(axes: Axes, mark: Mark, look: Look, rows: Rows) -> Iterator[Artist]:
    style = "steps-post" if mark.kind == "steps" else "default"
    yield from axes.plot(mark.x, mark.y, drawstyle=style, linewidth=WIDTH, **_stroke(look))


def _rule(axes: Axes, mark: Mark, look: Look, rows: Rows) -> Iterator[Artist]:
    yield from axes.plot(mark.x, mark.y, color=look.hex, linewidth=0.8, dashes=(3.0, 3.0))


def _points(axes: Axes, mark: Mark, look: Look, rows: Rows) -> Iterator[Artist]:
    many = mark.x.size > 60
    yield from axes.plot(
        mark.x,
        mark.y,
        linestyle="none",
        marker=look.marker,
        markersize=DOT * (0.7 if many else 1.0),
        markerfacecolor=look.hex,
        markeredgewidth=0.0,
        alpha=0.75 if many else 1.0,
    )


def _band(axes: Axes, mark: Mark, look: Look, rows: Rows) -> Iterator[Artist]:
    low, high = ends(mark)
    fill = axes.fill_between if mark.along == "y" else axes.fill_betweenx
    where = mark.x if mark.along == "y" else mark.y
    yield fill(where, low, high, color=look.hex, alpha=_FILL, linewidth=0.0)
    for edge in (low, high):
        at = (where, edge) if mark.along == "y" else (edge, where)
        yield from axes.plot(*at, color=look.hex, linewidth=0.6, alpha=0.7)


def _interval(axes: Axes, mark: Mark, look: Look, rows: Rows) -> Iterator[Artist]:
    low, high = ends(mark)
    upright = mark.along == "y"
    where = mark.x if upright else mark.y
    span = axes.vlines if upright else axes.hlines
    yield span(where, low, high, color=look.hex, linewidth=1.3)
    for end in (low, high):
        at = (where, end) if upright else (end, where)
        cap: dict[str, Any] = {
            "marker": "_" if upright else "|",
            "markersize": 6.0,
            "markeredgewidth": 1.3,
        }
        yield from axes.plot(*at, linestyle="none", color=look.hex, **cap)


def _bars(axes: Axes, mark: Mark, look: Look, rows: Rows) -> Iterator[Artist]:
    from matplotlib.collections import PolyCollection

    sideways = rows == "y"
    where, length = (mark.y, mark.x) if sideways else (mark.x, mark.y)
    half = bar_width(where, rows=bool(rows)) / 2.0
    corners = [
        [(w - half, 0.0), (w - half, n), (w + half, n), (w + half, 0.0)]
        for w, n in sorted(zip(where.tolist(), length.tolist(), strict=True))
        if np.isfinite([w, n]).all()
    ]
    if sideways:
        corners = [[(n, w) for w, n in corner] for corner in corners]
    # bars that touch have one outline
    tops = [point for corner in corners for point in corner[1:3]]
    joined = [[corners[0][0], *tops, corners[-1][3]]] if corners else []
    filled = PolyCollection(corners, facecolors=look.hex, alpha=0.3, linewidths=0.0)
    edged = PolyCollection(
        corners if rows else joined,
        facecolors="none",
        edgecolors=look.hex,
        linewidths=1.2,
        linestyles=[(0.0, look.dashes)] if look.dashes else "solid",
    )
    for collection in (filled, edged):
        axes.add_collection(collection, autolim=False)
        yield collection


def _stroke(look: Look) -> dict[str, Any]:
    plain: dict[str, Any] = {"color": look.hex, "solid_joinstyle": "round"}
    return {**plain, "dashes": look.dashes} if look.dashes else plain


_KINDS: dict[str, Callable[[Axes, Mark, Look, Rows], Iterator[Artist]]] = {
    "line": _line,
    "steps": _line,
    "points": _points,
    "band": _band,
    "interval": _interval,
    "bars": _bars,
    "rule": _rule,
}
