"""The legend of a figure: each name once, with the style of its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lnmbench.records import Figure, Mark, MarkKind, Panel
from lnmbench.rendering.figures.category_names import ACROSS, wrap
from lnmbench.rendering.figures.marks import DOT, WIDTH
from lnmbench.rendering.figures.styles import Style, Styles

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure as Canvas


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """A name, its style, the kinds of marks that have the name, and the methods that they need.

    `methods` are those that all marks of the name share: the entry is shown if they are chosen.
    """

    name: str
    style: Style
    kinds: tuple[MarkKind, ...]
    methods: tuple[str, ...]


def legend_entries(figure: Figure, styles: Styles) -> list[LegendEntry]:
    """Return the entries of a figure in the order in which names first appear.

    A name of one row among several is left out, because the row has it.
    """
    entries: dict[tuple[str, Style], LegendEntry] = {}
    for panel in figure.panels:
        for mark in panel.marks:
            if not mark.name or _names_a_row(panel, mark):
                continue
            style = styles.style_of(mark)
            key = (mark.name, style)
            methods = tuple(dict.fromkeys([*panel.methods, *mark.methods]))
            earlier = entries.get(key)
            if earlier is not None:
                methods = tuple(method for method in earlier.methods if method in methods)
            kinds = tuple(dict.fromkeys([*(earlier.kinds if earlier else ()), mark.kind]))
            entries[key] = LegendEntry(name=mark.name, style=style, kinds=kinds, methods=methods)
    return list(entries.values())


def rows_of(panel: Panel, *marks: Mark) -> set[int]:
    """Return the rows of a panel that hold these marks; rules have none."""
    if panel.y.categories:
        positions = [mark.y for mark in marks if mark.kind != "rule"]
    elif panel.x.categories:
        positions = [mark.x for mark in marks if mark.kind != "rule"]
    else:
        return set()
    rows = np.concatenate([np.zeros(0), *positions])
    return {int(row) for row in np.rint(rows[np.isfinite(rows)])}


def draw_legend(canvas: Canvas, entries: Sequence[LegendEntry], *, columns: int) -> None:
    """Draw the entries below the panels.

    Parameters
    ----------
    canvas
        The figure of matplotlib.
    entries
        The entries in their order.
    columns
        The number of columns.
    """
    names = ["\n".join(wrap(entry.name, ACROSS)) for entry in entries]
    canvas.legend(
        [_legend_key(entry) for entry in entries],
        names,
        loc="outside lower left",
        ncols=columns,
        frameon=False,
        fontsize=9.0,
    )


def _legend_key(entry: LegendEntry) -> Artist:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    style, kinds = entry.style, set(entry.kinds)
    if kinds <= {"band", "bars"}:
        return Patch(facecolor=style.hex, alpha=0.35, edgecolor=style.hex)
    has_line = bool(kinds & {"line", "steps", "interval", "rule"})
    if kinds == {"rule"}:
        return Line2D([], [], color=style.hex, linewidth=0.8, dashes=(3.0, 3.0))
    dashes: dict[str, Any] = (
        {"dashes": style.dashes} if style.dashes and kinds & {"line", "steps"} else {}
    )
    return Line2D(
        [],
        [],
        color=style.hex,
        linestyle="-" if has_line else "none",
        linewidth=WIDTH,
        marker=style.marker if "points" in kinds else "",
        markersize=DOT,
        **dashes,
    )


def _names_a_row(panel: Panel, mark: Mark) -> bool:
    if len(panel.y.categories or panel.x.categories) < 2 or mark.kind == "rule":
        return False
    same_name = [other for other in panel.marks if other.name == mark.name]
    return len(rows_of(panel, *same_name)) == 1
