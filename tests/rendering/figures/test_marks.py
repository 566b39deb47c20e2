"""Marks: bars in their rows, from zero."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from lnmbench.records import Axis
from lnmbench.rendering.figures.draw_figure import draw_panel
from lnmbench.rendering.figures.styles import Styles

Shapes = Any


def test_rows_go_down_from_the_top_and_bars_lie_in_them(shapes: Shapes) -> None:
    y = Axis(title="", categories=("first", "second"))
    drawn = draw_panel(
        shapes.panel(shapes.mark("bars", x=shapes.X[1:], y=np.arange(2.0)), y=y), Styles([])
    )
    order = {
        "".join(e.itertext()): float(e.attrib["y"])
        for e in ET.fromstring(drawn.svg).iter()
        if e.tag.endswith("text") and "y" in e.attrib
    }
    assert order["first"] < order["second"]
    assert drawn.y == (1.5, -0.5)
    assert drawn.x[0] == 0.0
