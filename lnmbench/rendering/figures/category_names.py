"""Names of the categories of an axis, wrapped into lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench.records import Axis
from lnmbench.rendering.figures.styles import LIGHT
from lnmbench.rendering.name_breaks import wrap_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis as Drawn

SHORT = 14
ACROSS = 46
LINES = 3
_OVER_MARKS = 100.0


def wrap(text: str, width: int, *, lines: int = LINES) -> list[str]:
    """Return text in a limited number of lines; text that does not fit ends in an ellipsis.

    Parameters
    ----------
    text
        The text.
    width
        The number of characters in a line.
    lines
        The largest number of lines.

    Examples
    --------
    >>> wrap("resnet50:weights=random + pt", 16)
    ['resnet50:', 'weights=random +', 'pt']
    """
    wrapped = wrap_name(" ".join(text.split()), width)
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], wrapped[lines - 1][: width - 1].rstrip(" :,;/") + "…"]
    return wrapped or [""]


def are_above_rows(axis: Axis) -> bool:
    """Return whether names are placed above their rows, because some are too long for the side."""
    return any(len(name) > SHORT for name in axis.categories)


def wrap_above_row(name: str) -> list[str]:
    """Return the lines of a name that is placed above its row."""
    return wrap(name, ACROSS + 6, lines=2)


def draw_category_names(axes: Axes, axis: Axis, drawn: Drawn, *, upright: bool) -> None:
    """Draw the names of an axis, each in a group `row-<number>`.

    Parameters
    ----------
    axes
        The axes of the panel.
    axis
        The axis with categories.
    drawn
        The axis as matplotlib has it.
    upright
        Whether it is the y axis, whose long names are placed above their rows.
    """
    drawn.set_ticks(list(range(len(axis.categories))))
    drawn.set_tick_params(length=0.0)
    if upright and are_above_rows(axis):
        drawn.set_ticklabels([""] * len(axis.categories))
        axes.spines["left"].set_visible(False)
        _draw_above_rows(axes, axis)
    else:
        _draw_at_ticks(axis, drawn, upright=upright)


def _draw_above_rows(axes: Axes, axis: Axis) -> None:
    transform = axes.get_yaxis_transform()
    # a background, so that marks across all rows do not cross out the names
    background = {"facecolor": LIGHT["paper"], "edgecolor": "none", "pad": 1.0}
    for row, name in enumerate(axis.categories):
        text = "\n".join(wrap_above_row(name))
        label = axes.text(
            0.0, row - 0.46, text, transform=transform, va="top", ha="left", bbox=background
        )
        label.set(gid=f"row-{row}", linespacing=1.05, zorder=_OVER_MARKS)


def _draw_at_ticks(axis: Axis, drawn: Drawn, *, upright: bool) -> None:
    width = SHORT if upright else max(5, 52 // max(1, len(axis.categories)))
    labels = ["\n".join(wrap(name, max(width, 10))) for name in axis.categories]
    drawn.set_ticklabels(labels)
    narrow = not upright and width < 10 and any(len(name) > width for name in axis.categories)
    for row, label in enumerate(drawn.get_ticklabels()):
        label.set_gid(f"row-{row}")
        if narrow:
            label.set(rotation=40.0, horizontalalignment="right", rotation_mode="anchor")
