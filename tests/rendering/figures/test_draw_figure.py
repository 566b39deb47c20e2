"""Drawings: every kind of mark, with hostile names, as SVG."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from lnmbench.records import Axis
from lnmbench.rendering.figures.draw_figure import draw_file, draw_panel
from lnmbench.rendering.figures.styles import Styles

Shapes = Any


HOSTILE = "<script>$x^2$ \\frac{1}{0} & ]]> " + "w" * 200 + " \u4e2d\u6587"


KINDS = ("line", "steps", "points", "band", "interval", "bars", "rule")


def groups(svg: str, prefix: str) -> set[str]:
    return {e.attrib["id"] for e in ET.fromstring(svg).iter() if prefix in e.attrib.get("id", "")}


def texts(svg: str) -> str:
    return " ".join("".join(e.itertext()) for e in ET.fromstring(svg).iter() if "text" in e.tag)


def test_every_kind_of_mark_is_a_group_of_its_own(shapes: Shapes) -> None:
    marks = [shapes.mark(kind, along=along) for kind in KINDS for along in ("x", "y")]
    drawn = draw_panel(shapes.panel(*marks), Styles(["a"]))
    assert groups(drawn.svg, "mark-") == {f"mark-{n}" for n in range(len(marks))}


@pytest.mark.parametrize("kind", KINDS)
def test_marks_without_points_or_numbers_draw_without_a_warning(kind: str, shapes: Shapes) -> None:
    nothing, unknown = np.zeros(0), np.full(3, math.nan)
    marks = (
        shapes.mark(kind, x=nothing, y=nothing, low=nothing, high=nothing),
        shapes.mark(kind, y=unknown, low=unknown, high=unknown),
    )
    for axis in (Axis(title=""), Axis(title="", scale="log")):
        drawn = draw_panel(shapes.panel(*marks, x=axis, y=axis), Styles([]))
        assert all(map(math.isfinite, [*drawn.box, *drawn.x, *drawn.y]))


def test_names_are_text_whatever_they_hold(shapes: Shapes) -> None:
    y = Axis(title=HOSTILE, categories=(HOSTILE, "b", "c"))
    drawn = draw_panel(shapes.panel(shapes.mark("points", y=np.arange(3.0)), y=y), Styles([]))
    assert "<script>$x^2$" in texts(drawn.svg)
    assert "frac" in texts(drawn.svg)
    assert b"<script>" not in draw_file(
        shapes.figure(shapes.panel(shapes.mark(name=HOSTILE), y=y)), Styles([]), "svg"
    )
