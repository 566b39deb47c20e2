"""drawing: figures of every kind of mark, with hostile names, as files and as parts of a page."""

from __future__ import annotations

import csv
import io
import math
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import Axis, Figure, Mark, Page, Panel, Paragraph
from lnmbench.rendering import write_figures
from lnmbench.rendering.figures import draw_file, draw_panel, legend
from lnmbench.rendering.figures.axes import span
from lnmbench.rendering.figures.files import figure_csv
from lnmbench.rendering.figures.looks import DARK, LIGHT, SERIES, WORDS, Looks, looks_of

HOSTILE = "<script>$x^2$ \\frac{1}{0} & ]]> " + "w" * 200 + " \u4e2d\u6587"
X = np.array([0.0, 0.5, 1.0])
KINDS = ("line", "steps", "points", "band", "interval", "bars", "rule")


def mark(kind: str = "line", **given: object) -> Mark:
    own = {"x": X, "y": X**2, "low": X**2 - 0.1, "high": X**2 + 0.1, "name": "a", "color": "a"}
    return Mark(kind=kind, **{**own, **given})  # type: ignore[arg-type]


def panel(*marks: Mark, x: Axis | None = None, y: Axis | None = None) -> Panel:
    return Panel(x=x or Axis(title="x"), y=y or Axis(title="y"), marks=marks, title="panel")


def figure(*panels: Panel, key: str = "roc") -> Figure:
    return Figure(key=key, title="Figure 1. ROC", alt="what is seen", panels=panels)


def page(*figures: Figure) -> Page:
    arms = {"f1": "resnet50", "f2": "=cmd()"}
    blocks = (Paragraph(key="p", title="P", lines=("x",)), *figures)
    return Page(title="t", subtitle="", methods=arms, chosen=("f1",), blocks=blocks)


def groups(svg: str, prefix: str) -> set[str]:
    return {e.attrib["id"] for e in ET.fromstring(svg).iter() if prefix in e.attrib.get("id", "")}


def texts(svg: str) -> str:
    return " ".join("".join(e.itertext()) for e in ET.fromstring(svg).iter() if "text" in e.tag)


def test_every_kind_of_mark_is_a_group_of_its_own() -> None:
    marks = [mark(kind, along=along) for kind in KINDS for along in ("x", "y")]
    drawn = draw_panel(panel(*marks), Looks(["a"]))
    assert groups(drawn.svg, "mark-") == {f"mark-{n}" for n in range(len(marks))}


@pytest.mark.parametrize("kind", KINDS)
def test_marks_without_points_or_numbers_draw_without_a_warning(kind: str) -> None:
    nothing, unknown = np.zeros(0), np.full(3, math.nan)
    marks = (
        mark(kind, x=nothing, y=nothing, low=nothing, high=nothing),
        mark(kind, y=unknown, low=unknown, high=unknown),
    )
    for axis in (Axis(title=""), Axis(title="", scale="log")):
        drawn = draw_panel(panel(*marks, x=axis, y=axis), Looks([]))
        assert all(map(math.isfinite, [*drawn.box, *drawn.x, *drawn.y]))


def test_names_are_text_whatever_they_hold() -> None:
    y = Axis(title=HOSTILE, categories=(HOSTILE, "b", "c"))
    drawn = draw_panel(panel(mark("points", y=np.arange(3.0)), y=y), Looks([]))
    assert "<script>$x^2$" in texts(drawn.svg)
    assert "frac" in texts(drawn.svg)
    assert b"<script>" not in draw_file(figure(panel(mark(name=HOSTILE), y=y)), Looks([]), "svg")


def test_rows_go_down_from_the_top_and_bars_lie_in_them() -> None:
    y = Axis(title="", categories=("first", "second"))
    drawn = draw_panel(panel(mark("bars", x=X[1:], y=np.arange(2.0)), y=y), Looks([]))
    place = {
        "".join(e.itertext()): float(e.attrib["y"])
        for e in ET.fromstring(drawn.svg).iter()
        if e.tag.endswith("text") and "y" in e.attrib
    }
    assert place["first"] < place["second"]
    assert drawn.y == (1.5, -0.5)
    assert drawn.x[0] == 0.0


def test_axes_end_where_they_are_told_or_where_the_numbers_do() -> None:
    told = panel(mark(), x=Axis(title="", low=-2.0, high=3.0))
    assert span(told, "x") == (-2.0, 3.0)
    low, high = span(panel(mark("interval")), "y")
    assert low < -0.1
    assert high > 1.1
    low, high = span(panel(mark(x=np.array([-1.0, 0.0, 10.0])), x=Axis(title="", scale="log")), "x")
    assert 0.0 < low < 10.0 < high


def ticks(svg: str, axis: str) -> list[str]:
    (group,) = [
        e for e in ET.fromstring(svg).iter() if e.attrib.get("id") == f"matplotlib.axis_{axis}"
    ]
    names = ["".join(e.itertext()) for e in group.iter() if e.tag.endswith("text")]
    return [name for name in names if any(c.isdigit() for c in name)]


@pytest.mark.parametrize("last", [3, 6, 9, 16, 40, 1000])
def test_what_is_counted_has_no_ticks_between(last: int) -> None:
    epochs = np.arange(1.0, last + 1)
    axis = Axis(title="Epoch", low=0.0, high=last + 1.0)
    counted = ticks(draw_panel(panel(mark(x=epochs, y=epochs / 7), x=axis), Looks([])).svg, "1")
    assert len(counted) >= 2
    assert not any("." in tick for tick in counted)
    shares = ticks(draw_panel(panel(mark()), Looks([])).svg, "1")
    assert any("." in tick for tick in shares)


def test_no_line_runs_through_the_names_of_rows() -> None:
    y = Axis(title="", categories=("a method with a long name", "another with a long name"))
    zero = mark("rule", x=np.zeros(2), y=np.array([-0.5, 1.5]))
    points = mark("points", x=X[:2], y=np.arange(2.0))
    order = list(ET.fromstring(draw_panel(panel(zero, points, y=y), Looks([])).svg).iter())
    at = {e.attrib["id"]: place for place, e in enumerate(order) if "id" in e.attrib}
    for row in ("row-0", "row-1"):
        assert at[row] > max(at["mark-0"], at["mark-1"])
        ground = next(e for e in order[at[row]].iter() if e.tag.endswith("path"))
        assert f"fill: {LIGHT['paper']}" in ground.attrib["style"]


def test_words_have_hues_that_methods_do_not_have() -> None:
    names = [f"m{n}" for n in range(30)]
    looks = Looks(names, ["training", "validation", "m3"])
    hues = {looks.of(mark(color=name)).color for name in names}
    training, validation = (looks.of(mark(color=w)).color for w in ("training", "validation"))
    assert training != validation
    assert not {training, validation} & hues
    shown = figure(panel(mark(color="f2", methods=("f2",)), mark(color="positive")))
    assert looks_of([shown]).of(mark(color="f2")).color in SERIES
    assert looks_of([shown]).of(mark(color="positive")).color in WORDS


def test_a_color_looks_alike_everywhere_and_unlike_its_neighbors() -> None:
    one = figure(panel(mark(color="f2")))
    other = figure(panel(mark(color="f1"), mark(color="f2")))
    looks = looks_of([other, one], ["f1", "f2"])
    assert looks_of([one], ["f1", "f2"]).of(mark(color="f2")) == looks.of(mark(color="f2"))
    names = [f"m{n}" for n in range(100)]
    many = [Looks(names).of(mark(color=name)) for name in names]
    assert len(set(many)) == 100
    for before, after in pairwise(many):
        assert before.color != after.color
        assert before.dashes != after.dashes
        assert before.marker != after.marker


def ratio(one: str, other: str) -> float:
    def light(color: str) -> float:
        parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted([light(one), light(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_contrast_is_that_of_wcag_aa(scheme: dict[str, str]) -> None:
    for ground in ("paper", "sheet"):
        for text in ("ink", "soft", "link", "badge"):
            assert ratio(scheme[text], scheme[ground]) >= 4.5, (text, ground)
        for graphic in (*SERIES, *WORDS, "edge"):
            assert ratio(scheme[graphic], scheme[ground]) >= 3.0, (graphic, ground)


def test_the_legend_names_each_once_and_leaves_rows_to_their_names() -> None:
    both = figure(panel(mark("band"), mark("line")), panel(mark("points")))
    (entry,) = legend(both, Looks(["a"]))
    assert entry.kinds == ("band", "line", "points")
    rows = Axis(title="", categories=("a", "b"))
    one = mark("points", x=X[:1], y=np.zeros(1), name="a")
    two = mark("interval", x=X[:2], y=np.arange(2.0), name="corrected interval")
    assert [e.name for e in legend(figure(panel(one, two, y=rows)), Looks([]))] == [two.name]


def test_the_legend_needs_what_all_marks_of_a_name_need() -> None:
    marks = (mark(methods=("f1", "f2")), mark(methods=("f2", "f3")))
    (entry,) = legend(figure(panel(*marks)), Looks([]))
    assert entry.methods == ("f2",)


def test_figure_files_are_written_whole_and_are_the_same_again(tmp_path: Path) -> None:
    made = page(figure(panel(mark()), panel(mark("bars"))), figure(panel(mark()), key="a/../b"))
    first = write_figures(made, tmp_path / "one")
    again = write_figures(made, tmp_path / "two")
    assert sorted(p.name for p in first) == sorted(
        f"{stem}.{kind}" for stem in ("roc", "a-b") for kind in ("svg", "pdf", "csv")
    )
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    assert (tmp_path / "one" / "roc.pdf").read_bytes().startswith(b"%PDF")
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_figures_of_one_key_do_not_overwrite_each_other(tmp_path: Path) -> None:
    made = page(figure(panel(mark())), figure(panel(mark())))
    assert len(write_figures(made, tmp_path / "f")) == 6


def test_without_figures_there_is_no_folder(tmp_path: Path) -> None:
    assert write_figures(page(), tmp_path / "f") == []
    assert not (tmp_path / "f").exists()


def test_a_folder_with_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(UserError, match="figures need a new folder"):
        write_figures(page(figure(panel(mark()))), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_csv_of_a_figure_is_tidy_at_full_precision_and_safe() -> None:
    y = Axis(title="", categories=("first", "@second"))
    at = np.array([1 / 3, 0.5])
    own = mark(
        "interval", x=at, y=np.arange(2.0), low=at - 1.0, high=np.array([math.nan, 1.0]),
        name="+cmd", methods=("f1", "f2"),
    )  # fmt: skip
    text = figure_csv(figure(panel(own, y=y)), {"f1": "resnet50", "f2": "=cmd()"})
    first, second = csv.DictReader(io.StringIO(text))
    assert float(first["x"]) == 1 / 3
    assert (first["panel"], first["kind"], first["high"]) == ("panel", "interval", "")
    assert first["methods"] == "resnet50; =cmd()"
    assert first["name"] == "'+cmd"
    assert second["category"] == "'@second"
