"""A figure of a report: what is drawn, as numbers; how it looks is the renderers' matter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MarkKind = Literal["line", "steps", "points", "band", "interval", "bars", "rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis: its title with the unit, and its ends, which are found where they are None.

    With `categories` the axis has rows instead, at 0, 1, 2, … from the top or from the left.
    """

    title: str
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] = "linear"
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mark:
    """One series of a panel: m points `x`, `y` of shape (m,).

    `line` joins them, `steps` holds each y until the next x, `points` are dots, `bars` stand on
    zero and are as wide as the x lie apart. A `band` fills, an `interval` draws a bar with ends,
    between `low` and `high` (m,), which lie along the axis `along`. A `rule` is a thin line from
    the first point to the last that is there for orientation, as a diagonal is.

    `name` is what the legend and a pointer's label say; without one the mark is not in the legend.
    `methods` are the fingerprints of the methods that it belongs to: it is shown where all of them
    are chosen. Marks of one `color`, a free word or a fingerprint, look alike in all figures.
    """

    kind: MarkKind
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    along: Literal["x", "y"] = "y"
    name: str = ""
    methods: tuple[str, ...] = ()
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """A pair of axes with marks; later marks are drawn over earlier ones."""

    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    title: str = ""
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figure:
    """A figure: panels side by side, or below each other where the page is narrow.

    `alt` says in words and numbers what is to be seen, for those who cannot see it.
    """

    key: str
    title: str
    alt: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = field(default=())
