"""`lnmbench check`: a table, and an exit code that a script can use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lnmbench.cli.app import app
from lnmbench.errors import UserError

Command = Callable[..., CompletedProcess[str]]
RUN = "--target n1 --only --baseline logistic --repeats 2 --folds 3 --inner 2 --out"
BROKEN = """
from lnmbench import hookimpl

class Broken:
    title, severity, remedy = "breaks", "warning", "none"
    def __call__(self, results):
        raise RuntimeError("not today")

@hookimpl
def register_checks():
    return {"LNM900": Broken}
"""
LEAK = '[columns.nodes]\nrole = "feature"\nkind = "continuous"\nknown = "before"\n'


def here(words: str, *more: str) -> int:
    """The exit code of a command in this process."""
    return int(app([*words.split(), *more], standalone_mode=False) or 0)


def leak() -> None:
    """Give the table a feature that holds the target."""
    path = Path("cohort.csv")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    leaked = [f"{row},{row.split(',')[-2]}.5" for row in rows]
    path.write_text("\n".join([f"{header},nodes", *leaked]) + "\n", encoding="utf-8")
    with Path("columns.toml").open("a", encoding="utf-8") as columns:
        columns.write(LEAK)


def test_a_run_without_errors_ends_with_0(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(f"run {RUN} runs/mine --dataset", table) == 0
    told = capsys.readouterr().out
    assert here("check") == 0
    latest = capsys.readouterr().out
    assert here("check runs/mine") == 0
    assert capsys.readouterr().out == latest
    for words in (
        "LNM005",
        "passed",
        "LNM002",
        "not applicable",
        "Not applicable: the check could not be evaluated",
    ):
        assert words in latest
        assert words in told

    Path("broken.py").write_text(BROKEN, encoding="utf-8")
    assert here("check --plugin broken.py") == 1
    failed = " ".join(capsys.readouterr().out.split())
    assert "LNM900" in failed
    assert "1 failed" in failed
    assert here("report --plugin broken.py") == 0


def test_an_error_ends_with_1_and_bad_input_with_2(table: str, lnmbench: Command) -> None:
    leak()
    done = lnmbench("run", *RUN.split(), "runs/mine", "--dataset", table)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    error = "Do not use the scores: LNM005 found an error ('nodes' alone separates all"
    assert error in text
    # no score is printed before the error
    assert "AUC 1.000" not in text.partition(error)[0]
    found = lnmbench("check", "runs/mine")
    assert found.returncode == 1, found.stderr
    assert "'nodes'" in found.stdout
    assert "checks: 1 error" in found.stdout
    assert found.stderr == ""
    nowhere = lnmbench("check", "nowhere")
    assert nowhere.returncode == 2
    assert nowhere.stderr.startswith("error: no run here")


def test_without_a_run_or_a_check_there_is_one_line(
    home: Path, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="no run here"):
        here("check")
    assert here(f"run {RUN} runs/mine --dataset", table) == 0
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_checks")
    with pytest.raises(UserError, match="no plugin in use offers a check"):
        here("check")
