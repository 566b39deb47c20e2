"""Axes of a panel: limits, ticks, category names and titles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from lnmbench.records import Panel
from lnmbench.rendering.figures.category_names import ACROSS, draw_category_names, wrap
from lnmbench.rendering.figures.marks import bar_width, bounds_of
from lnmbench.rendering.figures.styles import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis as Drawn
    from numpy.typing import NDArray

Direction = Literal["x", "y"]

_MARGIN = 0.04
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def axis_limits(panel: Panel, direction: Direction) -> tuple[float, float]:
    """Return the limits of an axis: its own, else those of the marks with a margin."""
    axis = panel.x if direction == "x" else panel.y
    if axis.categories:
        return -0.5, len(axis.categories) - 0.5
    log = axis.scale == "log"
    values = _values(panel, direction)
    values = values[np.isfinite(values) & ((values > 0.0) | (not log))]
    if log:
        values = np.log10(values)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    margin = (high - low) * _MARGIN or (0.5 if log else abs(low) * 0.1 or 0.5)
    from_zero = low == 0.0 and any(mark.kind == "bars" for mark in panel.marks)
    low, high = (low if from_zero else low - margin), high + margin
    if log:
        low, high = 10.0**low, 10.0**high
    low = low if axis.low is None else axis.low
    high = high if axis.high is None else axis.high
    return _separate(low, high, log=log)


def draw_axes(axes: Axes, panel: Panel) -> None:
    """Set scales, limits, ticks and titles of the axes of a panel."""
    axes.spines[["top", "right"]].set_visible(False)
    directions: tuple[Direction, Direction] = ("x", "y")
    for direction, axis, drawn in zip(
        directions, (panel.x, panel.y), (axes.xaxis, axes.yaxis), strict=True
    ):
        if axis.scale == "log":
            axes.set(**{f"{direction}scale": "log"})
        low, high = axis_limits(panel, direction)
        rows_down = direction == "y" and bool(axis.categories)
        axes.set(**{f"{direction}lim": (high, low) if rows_down else (low, high)})
        if axis.categories:
            draw_category_names(axes, axis, drawn, upright=direction == "y")
        else:
            _set_ticks(drawn, axis.scale, (low, high), whole=_is_integer(panel, direction))
    axes.set_xlabel("\n".join(wrap(panel.x.title, ACROSS)))
    axes.set_ylabel("\n".join(wrap(panel.y.title, 32)))
    if panel.title:
        axes.set_title("\n".join(wrap(panel.title, ACROSS)), loc="left", fontweight="bold")


def _is_integer(panel: Panel, direction: Direction) -> bool:
    values = _values(panel, direction)
    values = values[np.isfinite(values)]
    return bool(values.size and np.array_equal(values, np.rint(values)))


def _values(panel: Panel, direction: Direction) -> NDArray[np.float64]:
    parts = [np.zeros(0)]
    for mark in panel.marks:
        across = mark.along != direction
        parts.append(mark.x if direction == "x" else mark.y)
        if mark.kind in ("band", "interval") and not across:
            parts[-1:] = bounds_of(mark)
        if mark.kind == "bars":
            sideways = bool(panel.y.categories)
            if (direction == "x") == sideways:
                parts.append(np.zeros(1))
            else:
                half = bar_width(parts[-1], rows=False) / 2.0
                parts += [parts[-1] - half, parts[-1] + half]
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


def _separate(low: float, high: float, *, log: bool) -> tuple[float, float]:
    if log:
        high = high if high > 0.0 else 1.0
        low = low if low > 0.0 else high / 1000.0
    if math.isfinite(high - low) and high - low > 1e-12 * max(abs(low), abs(high)):
        return low, high
    return (low / 2.0, low * 2.0) if log else (low - 0.5, low + 0.5)


def _set_ticks(
    drawn: Drawn, scale: Literal["linear", "log"], limits: tuple[float, float], *, whole: bool
) -> None:
    """Set ticks, their numbers and the grid; `whole` values have no ticks between integers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    if scale == "log":
        decades = math.log10(limits[1] / limits[0])
        multiples = (1.0, 2.0, 5.0) if decades < 2.5 else (1.0,)
        drawn.set_major_locator(LogLocator(subs=multiples, numticks=7))
        drawn.set_minor_locator(NullLocator())
    else:
        whole = whole and abs(limits[1] - limits[0]) >= 2.0
        drawn.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], integer=whole))
    # ticks are sums of floats: their rounding errors are not shown
    least = abs(limits[1] - limits[0]) * 1e-9
    drawn.set_major_formatter(FuncFormatter(lambda v, _: format_tick(0.0 if abs(v) < least else v)))
    drawn.grid(visible=True, color=LIGHT["grid"], linewidth=0.7)


def format_tick(value: float) -> str:
    """Return a number on an axis in the style of journals.

    Examples
    --------
    >>> format_tick(0.25), format_tick(-0.5), format_tick(1200.0), format_tick(2e-5)
    ('.25', '−.5', '1200', '2×10⁻⁵')
    >>> format_tick(0.0)
    '0'
    """
    text, _, power = f"{abs(value):.6g}".partition("e")
    text = text[1:] if text.startswith("0.") else text
    if power:
        text = f"{text}×10{str(int(power)).translate(_SUPERSCRIPTS)}".removeprefix("1×")
    return f"−{text}" if value < 0.0 and text != "0" else text
