"""The page of a report, in a browser as readers have it."""

from __future__ import annotations

import csv
import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench.records import Axis, Cell, Figure, Mark, Page, Panel
from lnmbench.rendering import render_page
from lnmbench.rendering.html.page import SCRIPTS

Opened = Any
OpenPage = Callable[..., Any]
Sample = Any
WIDTHS = (360, 768, 1280)


def test_hostile_names_come_out_as_text(opened: Opened, sample: Sample) -> None:
    text = opened.tab.inner_text("main")
    for name in sample.HOSTILE:
        assert name in text
    assert opened.tab.title().endswith(sample.HOSTILE[1])
    assert opened.tab.query_selector_all("main img, [onload], [onclick], [onerror]") == []
    assert len(opened.tab.query_selector_all("script")) == 2


def test_the_chooser_hides_and_shows_marks_and_rows(opened: Opened) -> None:
    rows, lines = "tbody tr", ".plot[data-panel='0'] .mark[data-methods='1'] path"
    assert opened.count(rows) == 2
    assert opened.count(lines) > 0
    opened.tab.uncheck("[data-method='1']")
    assert opened.count(rows) == 1
    assert opened.count(lines) == 0
    assert opened.count(".legend li") == 2
    assert "1 of 4 methods shown" in opened.tab.inner_text("#live")
    assert opened.count(".plot[data-panel='1']") == 1
    opened.tab.click("#none")
    assert opened.count(rows) == 0
    assert opened.count(".plot[data-panel='1']") == 0
    opened.tab.click("#all")
    assert opened.count(rows) == 4


def test_headers_sort_by_number_and_back(opened: Opened) -> None:
    opened.tab.click("#all")
    head = opened.tab.locator("thead th").nth(1)

    def order() -> list[str]:
        return opened.tab.locator("tbody tr td:nth-child(2)").all_inner_texts()

    head.get_by_role("button").focus()
    seen = []
    for _ in range(3):
        opened.tab.keyboard.press("Enter")
        seen.append((head.get_attribute("aria-sort"), order()))
    assert seen == [
        ("ascending", ["(1)", "(0)", "(3)", "(2)"]),
        ("descending", ["(3)", "(0)", "(1)", "(2)"]),
        (None, ["(0)", "(1)", "(2)", "(3)"]),
    ]


def test_the_space_bar_sorts_and_does_not_scroll(opened: Opened) -> None:
    head = opened.tab.locator("thead th").nth(1)
    head.get_by_role("button").focus()
    before = opened.tab.evaluate("scrollY")
    opened.tab.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "ascending"
    assert opened.tab.evaluate("scrollY") == before


def test_the_contents_do_not_repeat_the_badge(
    open_page: OpenPage, tmp_path: Path, sample: Sample
) -> None:
    titles = ("Table 1. Cost (SYNTHETIC)", "Table 2. Cost (twice)")
    blocks = [replace(sample.table(key=title), title=title) for title in titles]
    (tmp_path / "p.html").write_text(render_page(sample.page(*blocks), "html"), encoding="utf-8")
    page = open_page(tmp_path / "p.html")
    assert page.tab.locator("nav a").all_inner_texts() == ["Table 1. Cost", "Table 2. Cost (twice)"]
    assert page.tab.locator("main h2").all_inner_texts() == list(titles)


def test_words_break_at_their_signs_and_only_endless_ones_within(
    open_page: OpenPage, tmp_path: Path, sample: Sample
) -> None:
    texts = ("clinical network + pt:shuffled=1", "w" * 200, "resnet50:weights=random,train=layer4")
    cells = [(Cell(text=text), *(Cell(text=".5 (.4 to .6)") for _ in range(9))) for text in texts]
    made = replace(sample.table(), rows=tuple(cells), methods=(), title=texts[1])
    (tmp_path / "p.html").write_text(render_page(sample.page(made), "html"), encoding="utf-8")
    page = open_page(tmp_path / "p.html", viewport={"width": 360, "height": 800})
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.tab.locator("tbody th").all_inner_texts() == list(texts)

    def lines(word: str) -> int:
        """On how many lines a part of a name stands."""
        script = """word => {
            const walk = document.createTreeWalker(document.querySelector("tbody"), 4);
            while (walk.nextNode()) {
                const at = walk.currentNode.data.indexOf(word);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walk.currentNode, at);
                range.setEnd(walk.currentNode, at + word.length);
                return range.getClientRects().length;
            }
            return 0;
        }"""
        return int(page.tab.evaluate(script, word))

    for word in ("clinical", "network", "pt:shuffled=1", "resnet50:", "random,", "layer4"):
        assert lines(word) == 1, word
    assert lines(texts[1]) > 1


def test_the_button_saves_the_numbers(opened: Opened, tmp_path: Path, sample: Sample) -> None:
    with opened.tab.expect_download() as saved:
        opened.tab.click("#s-roc [data-save=csv]")
    saved.value.save_as(tmp_path / "roc.csv")
    rows = list(csv.DictReader((tmp_path / "roc.csv").read_text("utf-8").splitlines()))
    (second,) = [
        r for r in rows if (r["panel"], r["name"], r["kind"], r["x"])
        == (sample.HOSTILE[1], sample.HOSTILE[0], "band", "0.25")
    ]  # fmt: skip
    assert (second["y"], second["low"], second["high"]) == ("0.501", "0.401", "0.601")
    assert second["methods"] == sample.HOSTILE[0]
    assert saved.value.suggested_filename == "roc.csv"
    assert {r["name"] for r in rows} == {"chance", *sample.METHODS.values()}


def test_the_button_saves_a_self_contained_drawing(
    opened: Opened, tmp_path: Path, sample: Sample
) -> None:
    from xml.etree import ElementTree as ET

    with opened.tab.expect_download() as saved:
        opened.tab.click("#s-roc [data-save=svg]")
    saved.value.save_as(tmp_path / "roc.svg")
    text = (tmp_path / "roc.svg").read_text("utf-8")
    assert "var(" not in text
    words = " ".join("".join(ET.fromstring(text).itertext()).split())
    assert sample.HOSTILE[0] in words
    assert sample.HOSTILE[2] not in words  # a method that is not chosen


def test_arrow_keys_walk_from_point_to_point(opened: Opened, sample: Sample) -> None:
    tab = opened.tab
    tab.focus("#s-roc .plot[data-panel='0']")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    said = tab.inner_text("#live")
    assert said == "resnet50, 1 − specificity: .250, Sensitivity: .500 (.400 to .600)"
    tab.keyboard.press("ArrowDown")
    assert sample.HOSTILE[0] in tab.inner_text("#live")
    tab.keyboard.press("ArrowDown")  # the others are not chosen
    assert sample.HOSTILE[0] in tab.inner_text("#tip")
    tab.keyboard.press("Escape")
    assert not tab.is_visible("#tip")


def test_rows_of_methods_that_are_not_chosen_close_up(opened: Opened) -> None:
    plot = "#s-roc-2 .plot"

    def height() -> float:
        return float(opened.tab.locator(f"{plot} svg").bounding_box()["height"])

    few = height()
    assert opened.count(f"{plot} .row") == 2
    opened.tab.click("#all")
    assert opened.count(f"{plot} .row") == 4
    assert height() > few + 40
    opened.tab.uncheck("[data-method='1']")
    row = opened.tab.locator(f"{plot} .row[data-number='2']").bounding_box()
    dot = opened.tab.locator(f"{plot} .mark[data-number='5'] use").bounding_box()
    assert 0 < dot["y"] - row["y"] < 60
    opened.tab.focus(plot)
    opened.tab.keyboard.press("ArrowRight")
    opened.tab.keyboard.press("ArrowDown")
    ring = opened.tab.locator(".ring").bounding_box()
    dot = opened.tab.locator(f"{plot} .mark[data-number='5'] use").bounding_box()
    assert abs((ring["y"] + ring["height"] / 2) - (dot["y"] + dot["height"] / 2)) < 1
    opened.tab.emulate_media(media="print")
    assert opened.count(f"{plot} .row") == 4


def test_a_pointer_shows_the_nearest_point(opened: Opened, sample: Sample) -> None:
    plot = opened.tab.locator("#s-roc-2 .plot")
    plot.scroll_into_view_if_needed()
    # the scroll event, which hides tooltips, comes with the next frame
    opened.tab.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    dot = plot.locator(".mark[data-number='3'] use")
    box = dot.bounding_box()
    opened.tab.mouse.move(box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2)
    assert opened.tab.locator("#tip").inner_text().splitlines() == [
        sample.HOSTILE[0], "Difference: .333 (−.667 to 1.333)",
    ]  # fmt: skip
    opened.tab.mouse.move(0, 0)
    assert not opened.tab.is_visible("#tip")


def test_dark_follows_the_system_and_the_button(open_page: OpenPage, file: Path) -> None:
    page = open_page(file, color_scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.tab.evaluate(ground) == "rgb(22, 22, 21)"
    page.tab.click("#theme")
    assert page.tab.evaluate(ground) == "rgb(255, 255, 255)"
    page.tab.click("#theme")
    page.tab.emulate_media(media="print")
    assert page.tab.evaluate(ground) == "rgb(255, 255, 255)"


def test_paper_shows_everything_but_the_controls(opened: Opened) -> None:
    opened.tab.click("#none")
    opened.tab.emulate_media(media="print")
    assert opened.count("tbody tr") == 4
    assert opened.count(".plot[data-panel='0'] .mark[data-methods='3']") > 0
    assert opened.count(".side, [data-save], .skip, summary") == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(open_page: OpenPage, file: Path, width: int) -> None:
    page = open_page(file, viewport={"width": width, "height": 800})
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= width
    table = page.tab.evaluate(
        "(b => [b.scrollWidth, b.clientWidth])(document.querySelector('.scroll'))"
    )
    assert width > 1000 or table[0] > table[1]


def test_without_scripts_all_is_there(open_page: OpenPage, file: Path) -> None:
    page = open_page(file, java_script_enabled=False)
    assert page.count("tbody tr") == 4
    assert page.count(".plot svg") == 3
    assert page.count(".js-only, button") == 0


def test_a_screen_reader_finds_its_way(opened: Opened) -> None:
    tab = opened.tab
    levels = [int(name[1]) for name in tab.eval_on_selector_all(
        "h1,h2,h3,h4", "all => all.map(h => h.tagName)")]  # fmt: skip
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    for svg in tab.query_selector_all(".plot svg"):
        assert svg.get_attribute("role") == "img"
        assert svg.get_attribute("aria-label")
    ids = tab.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert tab.get_attribute("html", "lang") == "en"
    for landmark in ("header", "nav", "main", "footer", ".skip"):
        assert len(tab.query_selector_all(f"body {landmark}")) == 1
    assert tab.query_selector_all("th:not([scope]), table:not(:has(caption))") == []


def test_tab_reaches_whatever_acts(opened: Opened) -> None:
    tab = opened.tab
    wanted = tab.eval_on_selector_all(
        "a[href], button, input, summary, [tabindex='0']",
        "all => all.filter(e => e.getClientRects().length).map((e, n) => (e.dataset.n = n))",
    )
    reached = set()
    for _ in range(len(wanted) + 2):
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate("document.activeElement.dataset.n"))
    assert {str(n) for n in wanted} <= reached


def test_the_policy_names_the_only_script_and_style(sample: Sample) -> None:
    text = render_page(sample.page(), "html")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe" not in policy[1]
    for tag in ("style", "script"):
        (own,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        digest = b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert (
            f"{tag}-src &#39;sha256-{digest.replace('+', '&#43;')}" in policy[1]
            or digest in policy[1]
        )
    assert not re.search(r"""(?:src|href|xlink:href)=["'](?!#|data:)""", text)
    assert " style=" not in text


def test_large_reports_stay_below_six_megabytes(sample: Sample) -> None:
    labels = {f"f{n}": f"encoder{n} + pt" for n in range(50)}
    x = np.linspace(0.0, 1.0, 101)
    marks = tuple(
        Mark(kind="line", x=x, y=x ** (0.3 + n / 100), name=label, methods=(method,), color=method)
        for n, (method, label) in enumerate(labels.items())
    )
    many = Panel(x=Axis(title="x"), y=Axis(title="y"), marks=marks)
    figures = [Figure(key=f"k{n}", title="t", alt="a", panels=(many,)) for n in range(2)]
    made = sample.page(sample.table(2500), *figures)
    text = render_page(
        Page(
            title="t",
            subtitle="",
            methods={**labels, **sample.METHODS},
            chosen=(),
            blocks=made.blocks,
        ),
        "html",
    )
    without_figures = render_page(sample.page(sample.table(2500)), "html")
    one_figure = (len(text) - len(without_figures)) / 2
    assert len(without_figures.encode()) + 12 * one_figure < 6e6


def test_the_same_page_is_the_same_file(sample: Sample) -> None:
    assert render_page(sample.page(), "html") == render_page(sample.page(), "html")


def test_the_files_of_a_page_are_packaged_with_its_code() -> None:
    folder = files("lnmbench.rendering.html")
    for name in ("template.html", "style.css"):
        assert (folder / name).is_file()
    there = [script.name for script in (folder / "scripts").iterdir()]
    assert sorted(there) == sorted(f"{name}.js" for name in SCRIPTS)


def test_pictures_are_shown_with_their_words_and_hidden_with_their_methods(
    tmp_path: Path, open_page: OpenPage, sample: Sample
) -> None:
    path = tmp_path / "report.html"
    page = sample.page(sample.gallery(), chosen=("a",))
    path.write_text(render_page(page, "html"), encoding="utf-8")
    opened = open_page(path)
    assert opened.count(".pictures img") == 2
    opened.tab.click("#all")
    assert opened.count(".pictures img") == 4
    images = opened.tab.query_selector_all(".pictures img")
    assert [image.get_attribute("alt") for image in images] == list(sample.HOSTILE[:4])
    assert opened.tab.locator("figcaption").first.inner_text() == f"case 0 {sample.HOSTILE[2]}"
    sizes = [image.evaluate("i => [i.naturalWidth, i.naturalHeight, i.width]") for image in images]
    assert sizes == [[168, 168, 168]] * 4
    assert opened.tab.locator("nav li a").first.inner_text() == f"Figure 3. {sample.HOSTILE[1]}"
    assert opened.messages == []
    assert [url for url in opened.requests if not url.startswith("data:")] == [path.as_uri()]


@pytest.mark.parametrize("width", WIDTHS)
def test_rows_of_pictures_break_with_the_width_of_the_page(
    width: int, tmp_path: Path, open_page: OpenPage, sample: Sample
) -> None:
    path = tmp_path / "report.html"
    galleries = (sample.gallery(number=12), sample.gallery(side=1500, number=1))
    page = sample.page(*galleries, chosen=tuple(sample.METHODS))
    path.write_text(render_page(page, "html"), encoding="utf-8")
    tab = open_page(path, viewport={"width": width, "height": 900}).tab
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tops = tab.evaluate("[...document.querySelectorAll('.pictures figure')].map(f => f.offsetTop)")
    assert len(set(tops)) > 2
    large = tab.locator("section:last-of-type .pictures img").bounding_box()
    assert large["width"] == pytest.approx(large["height"], abs=1)
    assert large["x"] + large["width"] <= width
