"""Figures of a report as numbers, without their style."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MarkKind = Literal["line", "steps", "points", "band", "interval", "bars", "rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis: its title with the unit, and its limits; None: the limits of the marks.

    With `categories`, the axis has rows at 0, 1, 2, … from the top or from the left.
    """

    title: str
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] = "linear"
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mark:
    """One series of a panel.

    Attributes
    ----------
    kind
        `line` joins the points, `steps` holds each y until the next x, `points` are dots, `bars`
        start at zero and are as wide as the distance of the x. A `band` fills the area between
        `low` and `high`, an `interval` draws a bar with caps between them. A `rule` is a thin line
        for orientation, as a diagonal.
    x, y
        The points, (m,).
    low, high
        The bounds of a band or an interval, (m,).
    along
        The axis of the bounds.
    name
        The name in the legend and the tooltip; a mark without one is not in the legend.
    methods
        The fingerprints of the mark's methods: an HTML page shows it if all of them are chosen.
    color
        A fingerprint or a word; marks of one color have one style in all figures.
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
    """A figure: panels side by side, or below each other on a narrow page.

    `alt` describes the figure in words and numbers for readers who cannot see it.
    """

    key: str
    title: str
    alt: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = field(default=())
