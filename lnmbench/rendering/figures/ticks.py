"""Ticks of an axis with numbers: where they stand, and how journals print them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from lnmbench.rendering.figures.looks import LIGHT

if TYPE_CHECKING:
    from matplotlib.axis import Axis as Drawn

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def tick(
    drawn: Drawn, scale: Literal["linear", "log"], ends: tuple[float, float], *, whole: bool
) -> None:
    """Set ticks, their numbers and the grid; where all is `whole` no tick stands between."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    if scale == "log":
        decades = math.log10(ends[1] / ends[0])
        few = (1.0, 2.0, 5.0) if decades < 2.5 else (1.0,)
        drawn.set_major_locator(LogLocator(subs=few, numticks=7))
        drawn.set_minor_locator(NullLocator())
    else:
        whole = whole and abs(ends[1] - ends[0]) >= 2.0
        drawn.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], integer=whole))
    # ticks are sums of floats: what they lack of a round number is not shown
    least = abs(ends[1] - ends[0]) * 1e-9
    drawn.set_major_formatter(FuncFormatter(lambda v, _: figures(0.0 if abs(v) < least else v)))
    drawn.grid(visible=True, color=LIGHT["grid"], linewidth=0.7)


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
