"""Checks of any plugin in one table: a fault of one is said, and hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.records import Card, Protocol, Results
from lnmbench.registry import Registry
from lnmbench.stages.report.checks import check, is_bad, run_checks

PLUGIN = """
from lnmbench import UserError, hookimpl

class Says:
    title, severity, remedy = "what it\\nlooks at", "warning", "do this"
    says = None
    def __call__(self, results):
        return self.says

def made(says=None, **members):
    return lambda: type("Made", (Says,), {"says": says, **members})()

def raising(error):
    def call(self, results):
        raise error
    return lambda: type("Raising", (Says,), {"__call__": call})()

def unmade():
    raise RuntimeError("no")

@hookimpl
def register_checks():
    return {
        "X01": made(),
        "X02": made(""),
        "X03": made("one\\nthing"),
        "X04": made("bad", severity="error"),
        "X05": raising(ValueError("two\\nlines")),
        "X06": raising(UserError("wrong", then="mend")),
        "X07": made(3),
        "X08": made("x", severity="fatal"),
        "X09": unmade,
        "X10": made(" "),
        "X11": made("bad", docs="docs/x.md#x11"),
    }
"""
RESULTS = Results(
    cohort="made",
    card=Card(title="t", license="l", source="s", citation="c", labels="x"),
    fingerprint="f",
    protocol=Protocol(),
    n=400,
    positives=100,
    method_results=(),
    compared=(),
    metrics=(),
    metric_titles={},
    comparison_titles={},
    comparison_roles={},
    primary="",
)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks")
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return Registry([str(path)])


def test_each_check_ends_in_one_of_five_ways(registry: Registry) -> None:
    ends = {one.name: one.result for one in run_checks(RESULTS, registry)}
    assert ends == {
        "X01": "not applicable",
        "X02": "passed",
        "X03": "warning",
        "X04": "error",
        "X05": "failed",
        "X06": "failed",
        "X07": "failed",
        "X08": "failed",
        "X09": "failed",
        "X10": "passed",
        "X11": "warning",
    }


def test_what_is_bad_comes_first_and_then_the_numbers(registry: Registry) -> None:
    names = [one.name for one in run_checks(RESULTS, registry)]
    assert names == ["X04", "X05", "X06", "X07", "X08", "X09", "X03", "X11", "X02", "X10", "X01"]


def test_a_check_that_fails_is_named_with_its_plugin_and_error(registry: Registry) -> None:
    checked = {one.name: one for one in run_checks(RESULTS, registry)}
    assert "mine.py, line 15: ValueError: two lines" in checked["X05"].finding
    assert "wrong; mend" in checked["X06"].finding
    assert "found int" in checked["X07"].finding
    assert "'fatal'" in checked["X08"].finding
    assert "RuntimeError: no" in checked["X09"].finding
    for name in ("X05", "X06", "X07", "X08", "X09"):
        assert "plugin mine" in checked[name].subject
        assert "LNMBENCH_BLOCK=mine" in checked[name].remedy


def test_folders_of_a_machine_are_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks")
    place = tmp_path / "jane doe"
    place.mkdir()
    text = PLUGIN.replace(
        'ValueError("two\\nlines")', f"FileNotFoundError(2, 'no such file', '{place}/a b.csv')"
    )
    text = text.replace('"wrong"', f'"wrong {place}/w.pt"').replace('"no"', f'"no {place}/x.h5"')
    (place / "mine.py").write_text(text, encoding="utf-8")
    checked = run_checks(RESULTS, Registry([str(place / "mine.py")]))
    told = {one.name: one.finding for one in checked}
    assert told["X05"].endswith(
        "mine.py, line 15: FileNotFoundError: [Errno 2] no such file: 'a b.csv'"
    )
    assert told["X06"].endswith("wrong w.pt; mend")
    assert "RuntimeError: no x.h5" in told["X09"]
    assert not [one for one in checked if "jane" in str(one) or str(tmp_path) in str(one)]


def test_the_table_says_finding_and_remedy_in_one_line_each(registry: Registry) -> None:
    table = check(RESULTS, registry)
    assert table is not None
    rows = {row[0].text: [cell.text for cell in row] for row in table.rows}
    assert rows["X03"] == ["X03", "what it looks at", "warning", "one thing", "do this"]
    assert rows["X11"][3:] == ["bad", "do this (see docs/x.md#x11)"]
    assert rows["X02"] == ["X02", "what it looks at", "passed", "", ""]
    assert rows["X01"][2:] == ["not applicable", "", ""]
    assert "11 checks: 1 error, 5 failed, 2 warning, 2 passed, 1 not applicable" in table.notes[0]


def test_errors_and_failures_are_bad_and_warnings_are_not(registry: Registry) -> None:
    checked = run_checks(RESULTS, registry)
    assert is_bad(checked)
    for result, bad in (("error", True), ("failed", True), ("warning", False), ("passed", False)):
        assert is_bad([one for one in checked if one.result == result]) is bad


def test_without_checks_there_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks")
    assert check(RESULTS, Registry()) is None
