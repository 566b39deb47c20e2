"""Legend: each name once, with the methods that all its marks share."""

from __future__ import annotations

from typing import Any

import numpy as np

from lnmbench.records import Axis
from lnmbench.rendering.figures.legend import legend_entries
from lnmbench.rendering.figures.styles import Styles

Shapes = Any


def test_the_legend_names_each_once_and_leaves_rows_to_their_names(shapes: Shapes) -> None:
    both = shapes.figure(
        shapes.panel(shapes.mark("band"), shapes.mark("line")), shapes.panel(shapes.mark("points"))
    )
    (entry,) = legend_entries(both, Styles(["a"]))
    assert entry.kinds == ("band", "line", "points")
    rows = Axis(title="", categories=("a", "b"))
    dot = shapes.mark("points", x=shapes.X[:1], y=np.zeros(1), name="a")
    interval = shapes.mark("interval", x=shapes.X[:2], y=np.arange(2.0), name="corrected interval")
    assert [
        e.name
        for e in legend_entries(shapes.figure(shapes.panel(dot, interval, y=rows)), Styles([]))
    ] == [interval.name]


def test_the_legend_needs_what_all_marks_of_a_name_need(shapes: Shapes) -> None:
    marks = (shapes.mark(methods=("f1", "f2")), shapes.mark(methods=("f2", "f3")))
    (entry,) = legend_entries(shapes.figure(shapes.panel(*marks)), Styles([]))
    assert entry.methods == ("f2",)
