"""Axes: limits, ticks and rows."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from lnmbench.records import Axis
from lnmbench.rendering.figures.axes import axis_limits
from lnmbench.rendering.figures.draw_figure import draw_panel
from lnmbench.rendering.figures.styles import Styles

Shapes = Any


def ticks(svg: str, axis: str) -> list[str]:
    (group,) = [
        e for e in ET.fromstring(svg).iter() if e.attrib.get("id") == f"matplotlib.axis_{axis}"
    ]
    names = ["".join(e.itertext()) for e in group.iter() if e.tag.endswith("text")]
    return [name for name in names if any(c.isdigit() for c in name)]


def test_limits_are_given_or_those_of_the_numbers(shapes: Shapes) -> None:
    fixed = shapes.panel(shapes.mark(), x=Axis(title="", low=-2.0, high=3.0))
    assert axis_limits(fixed, "x") == (-2.0, 3.0)
    low, high = axis_limits(shapes.panel(shapes.mark("interval")), "y")
    assert low < -0.1
    assert high > 1.1
    low, high = axis_limits(
        shapes.panel(shapes.mark(x=np.array([-1.0, 0.0, 10.0])), x=Axis(title="", scale="log")), "x"
    )
    assert 0.0 < low < 10.0 < high


@pytest.mark.parametrize("last", [3, 6, 9, 16, 40, 1000])
def test_counts_have_no_ticks_between_integers(last: int, shapes: Shapes) -> None:
    epochs = np.arange(1.0, last + 1)
    axis = Axis(title="Epoch", low=0.0, high=last + 1.0)
    counted = ticks(
        draw_panel(shapes.panel(shapes.mark(x=epochs, y=epochs / 7), x=axis), Styles([])).svg, "1"
    )
    assert len(counted) >= 2
    assert not any("." in tick for tick in counted)
    shares = ticks(draw_panel(shapes.panel(shapes.mark()), Styles([])).svg, "1")
    assert any("." in tick for tick in shares)
