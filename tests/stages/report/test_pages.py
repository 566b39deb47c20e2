"""The page of a report: sections in order, tables and figures numbered, methods chosen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench.records import (
    BaselineMethod,
    Choice,
    MethodResult,
    Paragraph,
    PluginFault,
    Protocol,
)
from lnmbench.registry import Registry
from lnmbench.stages.report.pages import (
    build_blocks,
    build_blocks_across,
    build_page,
    build_page_across,
)
from lnmbench.testing.sample_outcomes import sample_outcome_results
from lnmbench.testing.sample_results import empty_results

PLUGIN = """
import numpy as np
from lnmbench import hookimpl
from lnmbench.records import Axis, Figure, Gallery, Mark, Panel, Paragraph, Picture, Table

def table(key):
    return Table(key=key, title=key, columns=(), rows=())

def figure(*methods):
    values = np.zeros(1)
    marks = tuple(Mark(kind="points", x=values, y=values, methods=(m,)) for m in methods)
    panel = Panel(x=Axis(title="x"), y=Axis(title="y"), marks=marks)
    return Figure(key="figure", title="figure", alt="", panels=(panel,))

def gallery(*methods):
    pixels = np.zeros((2, 2, 3), dtype=np.uint8)
    pictures = [Picture(pixels=pixels, alt="black", methods=(m,)) for m in methods]
    return Gallery(key="gallery", title="gallery", pictures=pictures)

class Last:
    group = "provenance"
    def __call__(self, results):
        methods = [result.method.fingerprint for result in results.method_results]
        return [table("last"), *([gallery(*methods[1:])] if methods else [])]

class First:
    group = "answer"
    def __call__(self, results):
        methods = [result.method.fingerprint for result in results.method_results]
        drawn = [figure(*methods[::-1][:1])] if methods else []
        return [Paragraph(key="words", title="words", lines=()), table("first"), *drawn]
    def across(self, cohorts):
        return [table(f"across {len(cohorts)}")]

class Check:
    title, severity, remedy = "t", "warning", "r"
    def __call__(self, results):
        return "a message"

@hookimpl
def register_sections():
    return {"last": Last, "first": First}

@hookimpl
def register_checks():
    return {"X01": Check}
"""
METHODS = tuple(
    MethodResult(
        method=BaselineMethod(label=label, baseline=Choice(name=label)), units_done=2, units_all=2
    )
    for label in ("a", "b")
)
RESULTS = replace(
    empty_results(),
    cohort="made:n=4",
    protocol=Protocol(target="n1", repeats=2, folds=3, inner=4),
    n=1,
    positives=1,
)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks,lnmbench_report")
    path = tmp_path / "sections.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return Registry([str(path)])


def test_sections_and_checks_are_ordered_and_tables_numbered(registry: Registry) -> None:
    titles = [block.title for block in build_blocks(RESULTS, registry)]
    assert titles == ["words", "Table 1. first", "Table 2. Checks", "Table 3. last"]
    brief = [block.title for block in build_blocks(RESULTS, registry, brief=True)]
    assert brief == titles[:-1]


def test_a_section_of_an_unknown_group_is_shown_as_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks,lnmbench_report")
    path = tmp_path / "sections.py"
    path.write_text(PLUGIN.replace('"provenance"', '"end"'), encoding="utf-8")
    page = build_page(RESULTS, Registry([str(path)]))
    assert [block.title for block in page.blocks] == [
        "words",
        "Table 1. first",
        "Failed, left out",
        "Table 2. Checks",
    ]
    (line,) = page.faults
    assert line.startswith("section last of plugin sections returns a wrong value from group")
    assert "expected answer, performance, comparisons" in line
    assert "got 'end'" in line


def test_galleries_count_as_figures(registry: Registry) -> None:
    results = replace(RESULTS, method_results=METHODS)
    titles = [block.title for block in build_blocks(results, registry)]
    assert [title for title in titles if title.startswith("Figure")] == [
        "Figure 1. figure",
        "Figure 2. gallery",
    ]


def test_a_page_chooses_the_methods_of_its_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks,lnmbench_report")
    path = tmp_path / "sections.py"
    path.write_text(PLUGIN.replace('"first": First', ""), encoding="utf-8")
    page = build_page(replace(RESULTS, method_results=METHODS), Registry([str(path)]))
    assert page.chosen == (METHODS[1].method.fingerprint,)


def test_a_title_has_the_target_in_words_with_its_option(registry: Registry) -> None:
    page = build_page(replace(RESULTS, target_title="pN1 or higher"), registry)
    assert page.title == "pN1 or higher (n1) in made"


def test_a_page_chooses_the_methods_of_its_figures(registry: Registry) -> None:
    page = build_page(replace(RESULTS, method_results=METHODS), registry)
    first, second = (result.method.fingerprint for result in METHODS)
    assert page.methods == {first: "a", second: "b"}
    assert page.chosen == (second,)
    assert page.title == "n1 in made"
    assert page.subtitle == "1 case, 1 positive; 2 × 3 × 4 folds"
    assert not page.badge


def test_a_page_without_figures_chooses_all_complete_methods(registry: Registry) -> None:
    page = build_page(RESULTS, registry)
    assert page.chosen == ()
    unfinished = (METHODS[0], replace(METHODS[1], units_done=1))
    across = build_page_across([replace(RESULTS, method_results=unfinished)] * 2, registry)
    assert list(across.methods.values()) == ["a"]
    assert across.chosen == tuple(across.methods)


def test_a_page_across_cohorts_has_the_sections_about_several(registry: Registry) -> None:
    synthetic = replace(RESULTS, card=replace(RESULTS.card, synthetic=True))
    page = build_page_across([RESULTS, synthetic], registry)
    assert [block.title for block in page.blocks] == ["Table 1. across 2"]
    assert [block.title for block in build_blocks_across([RESULTS] * 3, registry)] == [
        "Table 1. across 3"
    ]
    assert page.title == "n1 in 2 cohorts"
    assert page.badge == "SYNTHETIC"


def test_errors_of_checks_come_first_without_an_answer_and_across_cohorts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks,lnmbench_report")
    path = tmp_path / "sections.py"
    path.write_text(PLUGIN.replace('"warning"', '"error"'), encoding="utf-8")
    registry = Registry([str(path)])
    sentence = "Do not use the scores: X01 found an error (a message); r."
    fault = PluginFault(role="metric", name="auc", message="it failed")
    withheld = build_blocks(replace(RESULTS, faults=(fault,)), registry)[0]
    assert isinstance(withheld, Paragraph)
    assert withheld.title == "Answer"
    assert withheld.lines == (sentence, "Not given: the primary metric auc failed.")
    across = build_blocks_across([RESULTS, replace(RESULTS, cohort="other:n=4")], registry)
    assert isinstance(across[0], Paragraph)
    assert across[0].lines == (f"made: {sentence}", f"other: {sentence}")
    warned = path.with_name("warned.py")
    warned.write_text(PLUGIN, encoding="utf-8")
    blocks = build_blocks_across([RESULTS], Registry([str(warned)]))
    assert [block.title for block in blocks] == ["Table 1. across 1"]


def test_probabilities_are_shown_for_single_outcomes() -> None:
    results = sample_outcome_results()
    page = build_page(results, Registry())
    assert page.subtitle.startswith("200 cases, 50 positive")
    titles = [block.title for block in page.blocks]
    assert not page.faults
    for title in ("ROC curves (SYNTHETIC)", "Calibration (SYNTHETIC)", "Net benefit at threshold"):
        shown = [t.rpartition(": ")[2] for t in titles if title in t and not t.startswith("Sect")]
        assert set(shown) == {"low", "middle", "high"}, title
    keys = [block.key for block in page.blocks]
    assert len(set(keys)) == len(keys)
    assert "outcomes" in keys
    assert "outcomes" in [block.key for block in build_blocks(results, Registry(), brief=True)]
