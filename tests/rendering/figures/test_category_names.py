"""Names of categories: above their rows, in front of marks."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from lnmbench.records import Axis
from lnmbench.rendering.figures.category_names import wrap
from lnmbench.rendering.figures.draw_figure import draw_panel
from lnmbench.rendering.figures.styles import LIGHT, Styles

Shapes = Any


def test_no_line_runs_through_the_names_of_rows(shapes: Shapes) -> None:
    y = Axis(title="", categories=("a method with a long name", "another with a long name"))
    zero = shapes.mark("rule", x=np.zeros(2), y=np.array([-0.5, 1.5]))
    points = shapes.mark("points", x=shapes.X[:2], y=np.arange(2.0))
    order = list(ET.fromstring(draw_panel(shapes.panel(zero, points, y=y), Styles([])).svg).iter())
    position = {e.attrib["id"]: index for index, e in enumerate(order) if "id" in e.attrib}
    for row in ("row-0", "row-1"):
        assert position[row] > max(position["mark-0"], position["mark-1"])
        background = next(e for e in order[position[row]].iter() if e.tag.endswith("path"))
        assert f"fill: {LIGHT['paper']}" in background.attrib["style"]


def test_long_names_end_in_an_ellipsis() -> None:
    assert wrap("a name of several words", 8, lines=2) == ["a name", "of…"]
    assert wrap("", 8) == [""]
