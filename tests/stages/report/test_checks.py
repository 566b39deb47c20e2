"""Checks of any plugin in one table: a fault of one is said, and hides no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench.registry import Registry
from lnmbench.stages.report.checks import check_table, has_errors, run_checks
from lnmbench.testing.sample_results import empty_results

PLUGIN = """
from lnmbench import UserError, hookimpl

class Says:
    title, severity, remedy = "what it\\nlooks at", "warning", "do this"
    says = None
    def __call__(self, results):
        return self.says

def build(says=None, **members):
    return lambda: type("Made", (Says,), {"says": says, **members})()

def raising(error):
    def call(self, results):
        raise error
    return lambda: type("Raising", (Says,), {"__call__": call})()

def unbuildable():
    raise RuntimeError("no")

@hookimpl
def register_checks():
    return {
        "X01": build(),
        "X02": build(""),
        "X03": build("one\\nthing"),
        "X04": build("bad", severity="error"),
        "X05": raising(ValueError("two\\nlines")),
        "X06": raising(UserError("wrong", then="mend")),
        "X07": build(3),
        "X08": build("x", severity="fatal"),
        "X09": unbuildable,
        "X10": build(" "),
        "X11": build("bad", docs="docs/x.md#x11"),
    }
"""
RESULTS = replace(empty_results(), cohort="made", n=400, positives=100)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks")
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return Registry([str(path)])


def test_each_check_ends_in_one_of_five_ways(registry: Registry) -> None:
    ends = {check.name: check.result for check in run_checks(RESULTS, registry)}
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


def test_errors_come_first_then_checks_by_number(registry: Registry) -> None:
    names = [check.name for check in run_checks(RESULTS, registry)]
    assert names == ["X04", "X05", "X06", "X07", "X08", "X09", "X03", "X11", "X02", "X10", "X01"]


def test_a_check_that_fails_is_named_with_its_plugin_and_error(registry: Registry) -> None:
    checked = {check.name: check for check in run_checks(RESULTS, registry)}
    assert "mine.py, line 15: ValueError: two lines" in checked["X05"].message
    assert "wrong; mend" in checked["X06"].message
    assert checked["X07"].message.endswith("expected a sentence, an empty text or None, got 3")
    assert checked["X08"].message.endswith("expected warning, error, got 'fatal'")
    assert "RuntimeError: no" in checked["X09"].message
    for name in ("X05", "X06", "X07", "X08", "X09"):
        assert "plugin mine" in checked[name].subject
        assert "LNMBENCH_BLOCK=mine" in checked[name].remedy


def test_messages_name_files_without_their_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks")
    folder = tmp_path / "jane doe"
    folder.mkdir()
    text = PLUGIN.replace(
        'ValueError("two\\nlines")', f"FileNotFoundError(2, 'no such file', '{folder}/a b.csv')"
    )
    text = text.replace('"wrong"', f'"wrong {folder}/w.pt"').replace('"no"', f'"no {folder}/x.h5"')
    (folder / "mine.py").write_text(text, encoding="utf-8")
    checked = run_checks(RESULTS, Registry([str(folder / "mine.py")]))
    messages = {check.name: check.message for check in checked}
    assert messages["X05"].endswith(
        "mine.py, line 15: FileNotFoundError: [Errno 2] no such file: 'a b.csv')"
    )
    assert messages["X06"].endswith("wrong w.pt; mend")
    assert "RuntimeError: no x.h5" in messages["X09"]
    assert not [c for c in checked if "jane" in str(c) or str(tmp_path) in str(c)]


def test_the_table_has_message_and_remedy_on_one_line_each(registry: Registry) -> None:
    table = check_table(run_checks(RESULTS, registry))
    assert table is not None
    rows = {row[0].text: [cell.text for cell in row] for row in table.rows}
    assert rows["X03"] == ["X03", "what it looks at", "warning", "one thing", "do this"]
    assert rows["X11"][3:] == ["bad", "do this (see docs/x.md#x11)"]
    assert rows["X02"] == ["X02", "what it looks at", "passed", "", ""]
    assert rows["X01"][2:] == ["not applicable", "", ""]
    assert "11 checks: 1 error, 5 failed, 2 warnings, 2 passed, 1 not applicable" in table.notes[0]


def test_errors_and_failures_count_as_errors_and_warnings_do_not(registry: Registry) -> None:
    checked = run_checks(RESULTS, registry)
    assert has_errors(checked)
    for result, bad in (("error", True), ("failed", True), ("warning", False), ("passed", False)):
        assert has_errors([check for check in checked if check.result == result]) is bad


def test_without_checks_there_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks")
    assert check_table(run_checks(RESULTS, Registry())) is None
