"""Names on a panel: in lines, and those of the rows of an axis with categories."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from lnmbench.records import Axis
from lnmbench.rendering.figures.looks import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis as Drawn

SHORT = 14
ACROSS = 46
LINES = 3
_OVER_MARKS = 100.0


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


def name_rows(axes: Axes, axis: Axis, drawn: Drawn, *, upright: bool) -> None:
    """Name the rows of an axis, each in a group `row-<number>`."""
    drawn.set_ticks(list(range(len(axis.categories))))
    drawn.set_tick_params(length=0.0)
    if upright and names_above(axis):
        drawn.set_ticklabels([""] * len(axis.categories))
        axes.spines["left"].set_visible(False)
        _name_above(axes, axis)
    else:
        _name_beside(axis, drawn, upright=upright)


def _name_above(axes: Axes, axis: Axis) -> None:
    beside = axes.get_yaxis_transform()
    # what runs through all rows must not strike the names out
    ground = {"facecolor": LIGHT["paper"], "edgecolor": "none", "pad": 1.0}
    for row, name in enumerate(axis.categories):
        text = "\n".join(above(name))
        label = axes.text(0.0, row - 0.46, text, transform=beside, va="top", ha="left", bbox=ground)
        label.set(gid=f"row-{row}", linespacing=1.05, zorder=_OVER_MARKS)


def _name_beside(axis: Axis, drawn: Drawn, *, upright: bool) -> None:
    room = SHORT if upright else max(5, 52 // max(1, len(axis.categories)))
    labels = ["\n".join(wrapped(name, max(room, 10))) for name in axis.categories]
    drawn.set_ticklabels(labels)
    narrow = not upright and room < 10 and any(len(name) > room for name in axis.categories)
    for row, label in enumerate(drawn.get_ticklabels()):
        label.set_gid(f"row-{row}")
        if narrow:
            label.set(rotation=40.0, horizontalalignment="right", rotation_mode="anchor")
