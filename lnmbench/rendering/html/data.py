"""The numbers behind the figures of a page, for its pointer and its CSV files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lnmbench.records import Axis, Figure, Mark, Panel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.rendering.figures import Drawn

DIGITS = 5


class Lists:
    """Lists of numbers with five significant digits, each held once however often it is used."""

    def __init__(self) -> None:
        self._number: dict[tuple[float | None, ...], int] = {}

    def add(self, values: NDArray[np.float64]) -> int:
        """Return the number of the list; what is not finite is None in it."""
        key = tuple(map(_short, values.tolist()))
        return self._number.setdefault(key, len(self._number))

    def all(self) -> list[tuple[float | None, ...]]:
        """Return the lists by number."""
        return list(self._number)


def script_json(tree: object) -> str:
    """Return compact JSON that can stand in a script element whatever its texts hold.

    Examples
    --------
    >>> script_json({"name": "</script>"})
    '{"name":"\\\\u003c/script>"}'
    """
    text = json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def figure_data(
    figure: Figure, drawn: Sequence[Drawn], places: Mapping[str, int], lists: Lists
) -> dict[str, object]:
    """Return a figure as the page's script reads it; `places` are those of methods on the page."""
    return {
        "key": figure.key,
        "panels": [
            _panel(panel, one, places, lists)
            for panel, one in zip(figure.panels, drawn, strict=True)
        ],
    }


def _panel(panel: Panel, drawn: Drawn, places: Mapping[str, int], lists: Lists) -> object:
    return {
        "title": panel.title,
        "box": [round(edge, 2) for edge in drawn.box],
        "x": {**_axis(panel.x), "ends": drawn.x},
        "y": {**_axis(panel.y), "ends": drawn.y},
        "marks": [_mark(mark, places, lists) for mark in panel.marks],
    }


def _axis(axis: Axis) -> dict[str, object]:
    return {"title": axis.title, "log": axis.scale == "log", "names": axis.categories}


def _mark(mark: Mark, places: Mapping[str, int], lists: Lists) -> dict[str, object]:
    bounds = {"low": mark.low, "high": mark.high}
    return {
        "kind": mark.kind,
        "name": mark.name,
        "along": mark.along,
        "methods": [places[method] for method in mark.methods if method in places],
        "look": mark.color,
        "x": lists.add(mark.x),
        "y": lists.add(mark.y),
        **{name: lists.add(values) for name, values in bounds.items() if values is not None},
    }


def _short(value: float) -> float | None:
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
