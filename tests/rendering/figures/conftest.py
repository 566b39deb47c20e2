"""Sample marks, panels and figures."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench.records import Axis, Figure, Gallery, Mark, Page, Panel, Paragraph, Picture


class Shapes:
    """Figures of every kind of mark."""

    X = np.array([0.0, 0.5, 1.0])
    KINDS = ("line", "steps", "points", "band", "interval", "bars", "rule")

    @staticmethod
    def mark(kind: str = "line", **changed: object) -> Mark:
        x = Shapes.X
        defaults = {
            "x": x,
            "y": x**2,
            "low": x**2 - 0.1,
            "high": x**2 + 0.1,
            "name": "a",
            "color": "a",
        }
        return Mark(kind=kind, **{**defaults, **changed})  # type: ignore[arg-type]

    @staticmethod
    def panel(*marks: Mark, x: Axis | None = None, y: Axis | None = None) -> Panel:
        return Panel(x=x or Axis(title="x"), y=y or Axis(title="y"), marks=marks, title="panel")

    @staticmethod
    def figure(*panels: Panel, key: str = "roc") -> Figure:
        return Figure(key=key, title="Figure 1. ROC", alt="curves", panels=panels)

    @staticmethod
    def gallery(number: int, key: str = "roc") -> Gallery:
        pictures = tuple(
            Picture(pixels=np.full((2, 3, 3), n, dtype=np.uint8), alt="gray", caption="../../id 7")
            for n in range(number)
        )
        return Gallery(key=key, title="Figure 2. Cases", pictures=pictures)

    @staticmethod
    def page(*figures: Figure | Gallery) -> Page:
        methods = {"f1": "resnet50", "f2": "=cmd()"}
        blocks = (Paragraph(key="p", title="P", lines=("x",)), *figures)
        return Page(title="t", subtitle="", methods=methods, chosen=("f1",), blocks=blocks)


@pytest.fixture
def shapes() -> type[Shapes]:
    return Shapes
