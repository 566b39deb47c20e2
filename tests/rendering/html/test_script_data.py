"""Data for the page's script: short numbers, each list once, safe JSON."""

from __future__ import annotations

import json

import numpy as np

from lnmbench.records import Axis, Figure, Mark, Panel
from lnmbench.rendering.figures import DrawnPanel
from lnmbench.rendering.html.script_data import NumberLists, figure_data, script_json


def test_equal_lists_are_stored_once_with_five_digits() -> None:
    lists = NumberLists()
    assert lists.add(np.array([1 / 3, 2.0, np.nan])) == 0
    assert lists.add(np.array([0.5])) == 1
    assert lists.add(np.array([1 / 3 + 1e-9, 2.0, np.inf])) == 0
    assert lists.all() == [(0.33333, 2, None), (0.5,)]


def test_json_cannot_end_its_script() -> None:
    tree = {"name": "</script><!--\u2028"}
    text = script_json(tree)
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == tree


def test_a_figure_names_methods_by_their_numbers() -> None:
    x = np.array([0.0, 1.0])
    mark = Mark(kind="line", x=x, y=x, name="a", methods=("f2", "other"), color="f2")
    panel = Panel(x=Axis(title="x"), y=Axis(title="y", scale="log"), marks=(mark,))
    figure = Figure(key="roc", title="t", alt="", panels=(panel,))
    drawn = DrawnPanel(svg="", box=(1.0, 2.0, 3.456, 4.0), x=(0.0, 1.0), y=(0.1, 1.0))
    lists = NumberLists()
    data = figure_data(figure, [drawn], {"f1": 0, "f2": 1}, lists)
    assert data["key"] == "roc"
    (panel_data,) = data["panels"]  # type: ignore[misc]
    assert panel_data["box"] == [1.0, 2.0, 3.46, 4.0]
    assert panel_data["y"] == {"title": "y", "log": True, "names": (), "ends": (0.1, 1.0)}
    (mark_data,) = panel_data["marks"]
    assert mark_data["methods"] == [1]
    assert (mark_data["x"], mark_data["y"]) == (0, 0)
    assert "low" not in mark_data
