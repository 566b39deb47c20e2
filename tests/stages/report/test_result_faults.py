"""Metrics and comparisons that fail cost their scores and, if they are primary, the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Page, Paragraph, RunFolders
from lnmbench.registry import Registry
from lnmbench.rendering import PAGE_FORMATS, render_page
from lnmbench.stages.report import build_page, read_results, read_runs
from lnmbench.stages.report.result_faults import separate_failures
from lnmbench.stages.run import run

PLUGIN = """
import sys
from lnmbench import TestResult, hookimpl

class Share:
    title, greater_is_better, kinds, bounds = "Share", True, ("binary",), (0.0, 1.0)
    def __call__(self, truth, predicted):
        {metric}

class Other:
    title, role = "other test", "exploratory"
    def __call__(self, pair):
        {comparison}

@hookimpl
def register_metrics():
    return {{"share": Share}}

@hookimpl
def register_comparisons():
    return {{"other": Other}}
"""
GOOD = {"metric": "return float(predicted.mean())", "comparison": "return None"}
SETTINGS: dict[str, object] = {
    "dataset": "synthetic:n=36,images=false",
    "encoder": "none",
    "aux": "none",
    "repeats": 1,
    "folds": 3,
    "inner": 2,
    "training": {"max_epochs": "1"},
    "primary": ("auc", "share"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> Path:
    """A run of two methods with a primary metric of a plugin that works then."""
    home = tmp_path_factory.mktemp("faults")
    plugin = home / "mine.py"
    plugin.write_text(PLUGIN.format(**GOOD), encoding="utf-8")
    return run(
        read_benchmark(None, SETTINGS),  # type: ignore[arg-type]  # options as they are typed
        Registry([str(plugin)]),
        folders=RunFolders(home=home / "home", out=home / "run"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )


@pytest.fixture
def registry(tmp_path: Path) -> Callable[..., Registry]:
    """The plugin with other lines in its metric or comparison."""

    def make(**lines: str) -> Registry:
        plugin = tmp_path / "mine.py"
        plugin.write_text(PLUGIN.format(**{**GOOD, **lines}), encoding="utf-8")
        return Registry([str(plugin)])

    return make


def texts(page: Page) -> dict[str, str]:
    paragraphs = [block for block in page.blocks if isinstance(block, Paragraph)]
    return {block.key: " ".join(block.lines) for block in paragraphs}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("raise ValueError('no')", "ValueError: no"),
        ("sys.exit(0)", "SystemExit: 0"),
        ("return 7.0", "expected a number from 0 to 1 or NaN, got 7"),
        ("predicted[:] = 0", "read-only"),
    ],
)
def test_a_primary_metric_that_fails_costs_the_answer(
    folder: Path, registry: Callable[..., Registry], line: str, reason: str
) -> None:
    plugins = registry(metric=line)
    results = read_results(folder, plugins)
    assert "share" not in results.metrics
    assert results.primary_metrics == ("auc", "share")
    assert results.pair_comparisons == ()
    assert all("auc" in result.scores for result in results.method_results)
    page = build_page(results, plugins)
    assert texts(page)["answer"] == "Not given: the primary metric share failed."
    (fault,) = page.faults
    assert "metric share of plugin mine" in fault
    assert reason in fault
    assert "conclusion" not in texts(page)
    for format in PAGE_FORMATS:
        assert "plugin mine" in render_page(page, format)


def test_another_comparison_that_fails_costs_its_tests_alone(
    folder: Path, registry: Callable[..., Registry]
) -> None:
    plugins = registry(comparison="return 0.04")
    results = read_results(folder, plugins)
    assert results.pair_comparisons
    assert "other" not in results.comparison_titles
    page = build_page(results, plugins)
    assert "Not given" not in texts(page)["answer"]
    assert "expected a TestResult or None, got 0.04" in texts(page)["faults"]
    (merged,) = read_runs([folder], plugins)
    assert merged.faults == results.faults


def test_results_cannot_be_changed(folder: Path, registry: Callable[..., Registry]) -> None:
    results = read_results(folder, registry())
    with pytest.raises(ValueError, match="read-only"):
        results.truth[0] = 1.0
    with pytest.raises(TypeError, match="read-only"):
        results.metric_titles["auc"] = "x"  # type: ignore[index]  # a mapping cannot be changed
    predicted = results.method_results[0].predicted
    assert predicted is not None
    with pytest.raises(ValueError, match="WRITEABLE"):
        predicted.setflags(write=True)


def test_a_method_that_failed_is_a_fault_until_a_run_completes_it(
    folder: Path, registry: Callable[..., Registry]
) -> None:
    plugins = registry()
    results = read_results(folder, plugins)
    labels = [result.method.label for result in results.method_results]
    notes = ("a note", "net + x failed: aux task x fails", f"{labels[0]} failed: it was stopped")
    separated = separate_failures(replace(results, notes=notes))
    assert separated.notes == ("a note",)
    assert [fault.name for fault in separated.faults] == ["net + x"]
    page = build_page(separated, plugins)
    assert page.faults == ("net + x failed: aux task x fails",)
    assert texts(page)["faults"] == "net + x failed: aux task x fails"
    assert separate_failures(separated).faults == separated.faults
