"""Dresses the axes of a panel: ends, ticks, rows by name, titles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from lnmbench.records import Panel
from lnmbench.rendering.figures.marks import bar_width, ends
from lnmbench.rendering.figures.names import ACROSS, name_rows, wrapped
from lnmbench.rendering.figures.ticks import tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

Way = Literal["x", "y"]

_MARGIN = 0.04


def span(panel: Panel, way: Way) -> tuple[float, float]:
    """Return the ends of an axis: those it has, or those of the marks and a little more."""
    axis = panel.x if way == "x" else panel.y
    if axis.categories:
        return -0.5, len(axis.categories) - 0.5
    log = axis.scale == "log"
    values = _values(panel, way)
    values = values[np.isfinite(values) & ((values > 0.0) | (not log))]
    if log:
        values = np.log10(values)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    room = (high - low) * _MARGIN or (0.5 if log else abs(low) * 0.1 or 0.5)
    stands = low == 0.0 and any(mark.kind == "bars" for mark in panel.marks)
    low, high = (low if stands else low - room), high + room
    if log:
        low, high = 10.0**low, 10.0**high
    low = low if axis.low is None else axis.low
    high = high if axis.high is None else axis.high
    return _apart(low, high, log=log)


def dress(axes: Axes, panel: Panel) -> None:
    """Set scales, ends, ticks and titles of the axes of a panel."""
    axes.spines[["top", "right"]].set_visible(False)
    ways: tuple[Way, Way] = ("x", "y")
    for way, axis, drawn in zip(ways, (panel.x, panel.y), (axes.xaxis, axes.yaxis), strict=True):
        if axis.scale == "log":
            axes.set(**{f"{way}scale": "log"})
        low, high = span(panel, way)
        rows_down = way == "y" and bool(axis.categories)
        axes.set(**{f"{way}lim": (high, low) if rows_down else (low, high)})
        if axis.categories:
            name_rows(axes, axis, drawn, upright=way == "y")
        else:
            tick(drawn, axis.scale, (low, high), whole=_whole(panel, way))
    axes.set_xlabel("\n".join(wrapped(panel.x.title, ACROSS)))
    axes.set_ylabel("\n".join(wrapped(panel.y.title, 32)))
    if panel.title:
        axes.set_title("\n".join(wrapped(panel.title, ACROSS)), loc="left", fontweight="bold")


def _whole(panel: Panel, way: Way) -> bool:
    values = _values(panel, way)
    values = values[np.isfinite(values)]
    return bool(values.size and np.array_equal(values, np.rint(values)))


def _values(panel: Panel, way: Way) -> NDArray[np.float64]:
    parts = [np.zeros(0)]
    for mark in panel.marks:
        across = mark.along != way
        parts.append(mark.x if way == "x" else mark.y)
        if mark.kind in ("band", "interval") and not across:
            parts[-1:] = ends(mark)
        if mark.kind == "bars":
            sideways = bool(panel.y.categories)
            if (way == "x") == sideways:
                parts.append(np.zeros(1))
            else:
                half = bar_width(parts[-1], rows=False) / 2.0
                parts += [parts[-1] - half, parts[-1] + half]
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


def _apart(low: float, high: float, *, log: bool) -> tuple[float, float]:
    if log:
        high = high if high > 0.0 else 1.0
        low = low if low > 0.0 else high / 1000.0
    if math.isfinite(high - low) and high - low > 1e-12 * max(abs(low), abs(high)):
        return low, high
    return (low / 2.0, low * 2.0) if log else (low - 0.5, low + 0.5)
