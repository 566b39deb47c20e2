"""The run directory that was written last."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.stages.report import find_latest_run
from lnmbench.store.ledger import FILE


def test_the_latest_run_is_the_one_whose_ledger_was_written_last(tmp_path: Path) -> None:
    for name, seconds in (("a", 30), ("b", 20), ("c", 10)):
        ledger = tmp_path / name / FILE
        ledger.parent.mkdir()
        ledger.touch()
        os.utime(ledger, (seconds, seconds))
    (tmp_path / "d").mkdir()  # without a ledger
    assert find_latest_run(tmp_path) == tmp_path / "a"


def test_a_folder_without_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run here.*start one with lnmbench run"):
        find_latest_run(tmp_path / "runs")
