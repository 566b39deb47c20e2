"""The ingest log: one line for each case, safe to open and to read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.stages.ingest.ingest_log import (
    LogEntry,
    copy_ingest_log,
    ingest_log_path,
    read_left_out,
    summarize_left_out,
    write_ingest_log,
)

Ingest = Any


def test_no_cell_is_a_formula(
    ingest_made: Ingest, plugin: Path, read_log: Callable[[Path], list[dict[str, str]]]
) -> None:
    text = plugin.read_text(encoding="utf-8").replace('"no CT series"', '"=cmd()"')
    plugin.write_text(text, encoding="utf-8")
    path = ingest_made(bad="PAT-001")
    assert read_log(path)[1]["reason"].startswith("'=cmd()")


def test_cases_left_out_are_read_with_their_reasons(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    entries = [LogEntry(case="a"), LogEntry(case="b", reason="no CT series\n(1.2.3.4.5.6.7)")]
    write_ingest_log(entries, path)
    assert read_left_out(path) == [("b", "no CT series ((UID))")]


@pytest.mark.parametrize("content", [b"case,state\na,left out\n", b"a,b\n1,2\n", b"\xff\xfe"])
def test_another_file_is_no_log(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.csv"
    with pytest.raises(UserError, match="cannot read the ingest log"):
        read_left_out(path)
    path.write_bytes(content)
    with pytest.raises(UserError, match="cannot read the ingest log"):
        read_left_out(path)


def test_one_case_is_named_and_several_are_counted() -> None:
    log = Path("x.csv")
    assert summarize_left_out([("a", "no CT (3)")], 1, log) == (
        "1 of 1 case left out (case 'a': no CT (3)): see x.csv"
    )
    left_out = [("a", "no CT (3)"), ("b", "no CT (4)"), ("c", "empty mask")]
    assert summarize_left_out(left_out, 9, log) == (
        "3 of 9 cases left out (2 × no CT; 1 × empty mask): see x.csv"
    )


def test_a_copy_needs_the_log(tmp_path: Path) -> None:
    cohort = tmp_path / "cohort.h5"
    with pytest.raises(UserError, match="the ingest log is missing.*delete the cohort file"):
        copy_ingest_log(cohort, tmp_path / "copy.csv")
    write_ingest_log([LogEntry(case="a")], ingest_log_path(cohort))
    copy_ingest_log(cohort, tmp_path / "copy.csv")
    assert (tmp_path / "copy.csv").read_bytes() == ingest_log_path(cohort).read_bytes()
