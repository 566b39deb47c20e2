"""Dresses the axes of a panel: ends, ticks, rows by name, titles."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Literal

import numpy as np

from lnmbench.records import Axis, Panel
from lnmbench.stages.rendering.looks import LIGHT
from lnmbench.stages.rendering.marks import bar_width, ends

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis as Drawn
    from numpy.typing import NDArray

Way = Literal["x", "y"]

SHORT = 14
ACROSS = 46
LINES = 3
_MARGIN = 0.04
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def wrapped(text: str, width: int, *, lines: int = LINES) -> list[str]:
    """Return text in at most so many lines; what does not fit ends in an ellipsis.

    Examples
    --------
    >>> wrapped("resnet50:weights=random + pt", 16)
    ['resnet50:weights', '=random + pt']
    """
    made = textwrap.wrap(text, width, break_long_words=True, break_on_hyphens=False)
    if len(made) > lines:
        made = [*made[: lines - 1], made[lines - 1][: width - 1].rstrip() + "…"]
    return made or [""]


def names_above(axis: Axis) -> bool:
    """Whether the names of rows stand above them, as long ones would leave no room at the side."""
    return any(len(name) > SHORT for name in axis.categories)


def above(name: str) -> list[str]:
    """Return the lines of a row's name that stands above it."""
    return wrapped(name, ACROSS + 6, lines=2)


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
    for way, axis, drawn in (("x", panel.x, axes.xaxis), ("y", panel.y, axes.yaxis)):
        if axis.scale == "log":
            axes.set(**{f"{way}scale": "log"})
        low, high = span(panel, "x" if way == "x" else "y")
        rows_down = way == "y" and bool(axis.categories)
        axes.set(**{f"{way}lim": (high, low) if rows_down else (low, high)})
        if axis.categories:
            _name_rows(axes, axis, drawn, upright=way == "y")
        else:
            _tick(axis, drawn, (low, high))
    axes.set_xlabel("\n".join(wrapped(panel.x.title, ACROSS)))
    axes.set_ylabel("\n".join(wrapped(panel.y.title, 32)))
    if panel.title:
        axes.set_title("\n".join(wrapped(panel.title, ACROSS)), loc="left", fontweight="bold")


def figures(value: float) -> str:
    """Return a number on an axis as journals print it.

    Examples
    --------
    >>> figures(0.25), figures(-0.5), figures(0.0), figures(1200.0), figures(2e-5)
    ('.25', '−.5', '0', '1200', '2×10⁻⁵')
    """
    text, _, power = f"{abs(value):.6g}".partition("e")
    text = text[1:] if text.startswith("0.") else text
    if power:
        text = f"{text}×10{str(int(power)).translate(_RAISED)}".removeprefix("1×")
    return f"−{text}" if value < 0.0 and text != "0" else text


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


def _tick(axis: Axis, drawn: Drawn, ends: tuple[float, float]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    if axis.scale == "log":
        decades = math.log10(ends[1] / ends[0])
        few = (1.0, 2.0, 5.0) if decades < 2.5 else (1.0,)
        drawn.set_major_locator(LogLocator(subs=few, numticks=7))
        drawn.set_minor_locator(NullLocator())
    else:
        drawn.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    # ticks are sums of floats: what they lack of a round number is not shown
    least = abs(ends[1] - ends[0]) * 1e-9
    drawn.set_major_formatter(FuncFormatter(lambda v, _: figures(0.0 if abs(v) < least else v)))
    drawn.grid(visible=True, color=LIGHT["grid"], linewidth=0.7)


def _name_rows(axes: Axes, axis: Axis, drawn: Drawn, *, upright: bool) -> None:
    rows = range(len(axis.categories))
    drawn.set_ticks(list(rows))
    drawn.set_tick_params(length=0.0)
    if upright and names_above(axis):
        drawn.set_ticklabels([""] * len(axis.categories))
        axes.spines["left"].set_visible(False)
        beside = axes.get_yaxis_transform()
        for row, name in enumerate(axis.categories):
            text = "\n".join(above(name))
            label = axes.text(0.0, row - 0.46, text, transform=beside, va="top", ha="left")
            label.set_gid(f"row-{row}")
            label.set_linespacing(1.05)
        return
    room = SHORT if upright else max(5, 52 // max(1, len(axis.categories)))
    labels = ["\n".join(wrapped(name, max(room, 10))) for name in axis.categories]
    drawn.set_ticklabels(labels)
    narrow = not upright and room < 10 and any(len(name) > room for name in axis.categories)
    for row, label in enumerate(drawn.get_ticklabels()):
        label.set_gid(f"row-{row}")
        if narrow:
            label.set(rotation=40.0, horizontalalignment="right", rotation_mode="anchor")
