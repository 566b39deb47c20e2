"""The legend of a figure that goes to a file: a sample of each look, with its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lnmbench.rendering.figures.legend import Entry
from lnmbench.rendering.figures.marks import DOT, WIDTH
from lnmbench.rendering.figures.names import ACROSS, wrapped

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure as Canvas


def draw_legend(canvas: Canvas, entries: Sequence[Entry], *, columns: int) -> None:
    """Draw the entries below the panels, in so many columns."""
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
