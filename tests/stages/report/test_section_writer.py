"""Sections and checks that fail are shown as failed, and hide no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench.records import PluginFault
from lnmbench.registry import Registry
from lnmbench.rendering import PAGE_FORMATS, render_page
from lnmbench.stages.report.pages import build_page, build_page_across
from lnmbench.stages.report.section_writer import SectionWriter, describe_withheld_answer
from lnmbench.testing.sample_results import empty_results

PLUGIN = """
import itertools, sys
from lnmbench import hookimpl
from lnmbench.records import Paragraph

class Good:
    group = "performance"
    def __call__(self, results):
        return [Paragraph(key="good", title="Good", lines=("fine",))]
    def across(self, cohorts):
        return self(cohorts[0])

def failing(line):
    scope = {"sys": sys, "itertools": itertools, "Paragraph": Paragraph}
    exec(f"def call(self, results):\\n    {line}", scope)
    return type("Failing", (Good,), {"__call__": scope["call"], "across": scope["call"]})

LINES = {
    "raises": "raise KeyError('x')",
    "leaves": "sys.exit(3)",
    "changes": "results.outer[:] = 1",
    "endless": "return itertools.repeat(Paragraph(key='p', title='p', lines=()))",
    "nothing": "return None",
}

@hookimpl
def register_sections():
    return {**{name: failing(line) for name, line in LINES.items()}, "good": Good}

class Check:
    title, severity, remedy = "t", "warning", "r"
    def __call__(self, results):
        results.outer[:] = 1
        return ""

@hookimpl
def register_checks():
    return {"X01": Check}
"""
NAMES = ("raises", "leaves", "changes", "endless", "nothing")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks,lnmbench_report")
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return Registry([str(path)])


def test_a_section_that_fails_says_so_in_its_place(registry: Registry) -> None:
    page = build_page(empty_results(), registry)
    titles = [block.title for block in page.blocks]
    assert titles == [*(f"Section {name} failed" for name in NAMES), "Good", "Table 1. Checks"]
    assert len(page.faults) == len(NAMES)
    assert "SystemExit: 3" in page.faults[1]
    assert "read-only" in page.faults[2]
    assert (
        "expected at most 200 tables, paragraphs, figures and galleries, got more" in page.faults[3]
    )
    for format in PAGE_FORMATS:
        text = render_page(page, format)
        assert "KeyError" in text
        assert "failed" in text


def test_a_section_across_cohorts_that_fails_says_so(registry: Registry) -> None:
    page = build_page_across([empty_results(), empty_results()], registry)
    assert [block.title for block in page.blocks][-1] == "Good"
    assert len(page.faults) == len(NAMES)


def test_faults_are_one_paragraph() -> None:
    writer = SectionWriter()
    writer.add_faults(())
    assert not writer.blocks
    writer.add_faults((PluginFault(role="metric", name="m", message="metric m fails"),))
    assert [block.title for block in writer.blocks] == ["Failed, left out"]
    assert writer.faults == ["metric m fails"]


def test_only_what_the_answer_rests_on_withholds_it() -> None:
    results = replace(empty_results(), primary="t")
    secondary = PluginFault(role="metric", name="other", message="")
    test = PluginFault(role="comparison", name="t", message="")
    assert describe_withheld_answer(replace(results, faults=(secondary,))) == ""
    assert describe_withheld_answer(replace(results, faults=(test,))) == ""
    withheld = describe_withheld_answer(replace(results, primary="", faults=(test,)))
    assert withheld == "Not given: the primary comparison t failed."
