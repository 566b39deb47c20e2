"""Rendering: every format, blocks with hostile text, hints about figures."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import (
    Axis,
    Cell,
    Figure,
    Gallery,
    Mark,
    Page,
    Panel,
    Picture,
    Table,
    TableColumn,
)
from lnmbench.rendering import FORMATS, render, render_page


def table(*names: str) -> Table:
    return Table(
        key="t",
        title="Table 1. Scores",
        columns=(TableColumn(key="method", heading="Method", align="left"),),
        rows=tuple((Cell(text=name),) for name in names),
    )


def figure() -> Figure:
    mark = Mark(kind="line", x=np.zeros(1), y=np.zeros(1))
    panel = Panel(x=Axis(title="x"), y=Axis(title="y"), marks=(mark,))
    return Figure(key="roc", title="Figure 1. ROC", alt="curves", panels=(panel,))


def gallery() -> Gallery:
    picture = Picture(pixels=np.zeros((2, 2, 3), dtype=np.uint8), alt="black", caption="case 3")
    return Gallery(key="cases", title="Figure 2. Cases", pictures=(picture,))


@pytest.mark.parametrize("format", FORMATS)
def test_empty_reports_and_tables_render(format: str) -> None:
    assert render([], format).endswith("\n")
    assert render([table()], format).endswith("\n")


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"'markdow'; did you mean markdown\?"):
        render([], "markdow")


@pytest.mark.parametrize("format", ["table", "markdown", "latex"])
def test_formats_for_people_say_where_the_figures_are(format: str) -> None:
    text = render([table("a"), figure()], format)
    assert (
        text.splitlines()[-1]
        .removeprefix("% ")
        .startswith("1 figure: run lnmbench report with --format")
    )
    assert "--figures DIR" in text
    assert "ROC" not in text
    assert "figure" not in render([table("a")], format)


@pytest.mark.parametrize("format", ["table", "markdown", "latex"])
def test_formats_for_people_say_where_the_images_are(format: str) -> None:
    text = render([table("a"), gallery(), gallery()], format)
    hint = "2 galleries of images: run lnmbench report with --format html --thumbnails, or"
    assert text.splitlines()[-1].removeprefix("% ") == f"{hint} --figures DIR for files"
    assert "black" not in text
    assert "case 3" not in text
    both = render([figure(), gallery()], format).splitlines()[-1].removeprefix("% ")
    assert both.startswith("1 figure and 1 gallery of images: run")


@pytest.mark.parametrize("format", ["csv", "json"])
def test_formats_for_machines_leave_figures_and_images_out(format: str) -> None:
    assert render([table("a"), figure(), gallery()], format) == render([table("a")], format)


def test_a_page_has_the_formats_of_blocks_and_html() -> None:
    page = Page(title="t", subtitle="", methods={}, chosen=(), blocks=(table("a"),))
    for format in FORMATS:
        assert render_page(page, format) == render(page.blocks, format)
    assert render_page(page, "html").startswith("<!doctype html>")
    with pytest.raises(UserError, match=r"did you mean html\?"):
        render_page(page, "htm")
