"""Numbers of the figures of a page, for its tooltips and CSV files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lnmbench.records import Axis, Figure, Mark, Panel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.rendering.figures import DrawnPanel

DIGITS = 5


class NumberLists:
    """Lists of numbers with five significant digits, each stored once."""

    def __init__(self) -> None:
        self._index: dict[tuple[float | None, ...], int] = {}

    def add(self, values: NDArray[np.float64]) -> int:
        """Return the index of a list; numbers that are not finite become None.

        Parameters
        ----------
        values
            The numbers, (m,).
        """
        key = tuple(map(_round, values.tolist()))
        return self._index.setdefault(key, len(self._index))

    def all(self) -> list[tuple[float | None, ...]]:
        """Return the lists by index."""
        return list(self._index)


def script_json(tree: object) -> str:
    """Return compact JSON that is safe in a script element, whatever its texts contain.

    Examples
    --------
    >>> script_json({"name": "</script>"})
    '{"name":"\\\\u003c/script>"}'
    """
    text = json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def figure_data(
    figure: Figure,
    drawn: Sequence[DrawnPanel],
    method_numbers: Mapping[str, int],
    lists: NumberLists,
) -> dict[str, object]:
    """Return a figure in the form that the page's script reads.

    Parameters
    ----------
    figure
        The figure.
    drawn
        Its panels as drawn.
    method_numbers
        The numbers of the page's methods by fingerprint.
    lists
        The lists of numbers, to which those of the figure are added.
    """
    return {
        "key": figure.key,
        "panels": [
            _panel(panel, drawn_panel, method_numbers, lists)
            for panel, drawn_panel in zip(figure.panels, drawn, strict=True)
        ],
    }


def _panel(
    panel: Panel, drawn: DrawnPanel, method_numbers: Mapping[str, int], lists: NumberLists
) -> object:
    return {
        "title": panel.title,
        "box": [round(edge, 2) for edge in drawn.box],
        "x": {**_axis(panel.x), "ends": drawn.x},
        "y": {**_axis(panel.y), "ends": drawn.y},
        "marks": [_mark(mark, method_numbers, lists) for mark in panel.marks],
    }


def _axis(axis: Axis) -> dict[str, object]:
    return {"title": axis.title, "log": axis.scale == "log", "names": axis.categories}


def _mark(mark: Mark, method_numbers: Mapping[str, int], lists: NumberLists) -> dict[str, object]:
    bounds = {"low": mark.low, "high": mark.high}
    return {
        "kind": mark.kind,
        "name": mark.name,
        "along": mark.along,
        "methods": [method_numbers[method] for method in mark.methods if method in method_numbers],
        "style": mark.color,
        "x": lists.add(mark.x),
        "y": lists.add(mark.y),
        **{name: lists.add(values) for name, values in bounds.items() if values is not None},
    }


def _round(value: float) -> float | None:
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
