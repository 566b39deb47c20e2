"""Troubles of folders, links, permissions and memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.stages.data.list_cohorts import read_stored_cohorts
from lnmbench.stages.data.validate import find_cohort_files
from lnmbench.stages.ingest import copy_ingest_log
from lnmbench.stages.report import find_latest_run


def refuse_home(home: Path, reason: str) -> None:
    for use in (read_stored_cohorts, lambda folder: find_cohort_files("all", folder)):
        with pytest.raises(UserError, match=rf"cannot read .*cohorts: got {reason}"):
            use(home)


def home_is_a_file(folder: Path) -> None:
    """An empty list would say that nothing has been ingested."""
    (folder / "home").write_text("", encoding="utf-8")
    refuse_home(folder / "home", "Not a directory")


def home_is_a_broken_link(folder: Path) -> None:
    """The drive with the cohorts is not mounted."""
    (folder / "home").symlink_to(folder / "drive" / "home")
    refuse_home(folder / "home", "No such file")


def home_is_a_link_to_itself(folder: Path) -> None:
    (folder / "home").symlink_to(folder / "home")
    refuse_home(folder / "home", "Too many levels")


def home_of_another_user(folder: Path) -> None:
    skip_for_root()
    (folder / "home" / "cohorts").mkdir(parents=True)
    (folder / "home" / "cohorts").chmod(0)
    refuse_home(folder / "home", "Permission denied")


def no_home(folder: Path) -> None:
    """Nothing has been ingested."""
    assert read_stored_cohorts(folder / "home") == []
    (folder / "home").mkdir()
    assert find_cohort_files("all", folder / "home") == []


def log_that_cannot_be_read(folder: Path) -> None:
    """A log of another user is not missing, and its cohort not to be deleted."""
    (folder / "c.ingest-report.csv").mkdir()
    with pytest.raises(UserError, match=r"cannot read .*ingest-report.csv: got Is a directory"):
        copy_ingest_log(folder / "c.h5", folder / "copy.csv")


def log_that_is_missing(folder: Path) -> None:
    with pytest.raises(UserError, match="the ingest log is missing"):
        copy_ingest_log(folder / "c.h5", folder / "copy.csv")


def run_of_another_user(folder: Path) -> None:
    skip_for_root()
    (folder / "runs" / "a").mkdir(parents=True)
    (folder / "runs" / "a").chmod(0)
    with pytest.raises(UserError, match=r"cannot read .*a: got Permission denied"):
        find_latest_run(folder / "runs")


def no_run(folder: Path) -> None:
    for name in ("runs", "runs/a"):
        with pytest.raises(UserError, match="no run here"):
            find_latest_run(folder / "runs")
        (folder / name).mkdir()


LITTLE_MEMORY = """\
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
sys.argv = ["lnmbench", "list"]
runpy.run_module("lnmbench", run_name="__main__")
"""


def little_memory(folder: Path) -> None:
    """Libraries printed lines of their own, or waited for memory without end."""
    if os.name == "nt":
        pytest.skip("needs a limit on the address space")
    done = subprocess.run(
        [sys.executable, "-c", LITTLE_MEMORY],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "error: not enough memory: expected at least 512 MiB, got a limit of 300 MiB; raise it"
        " with ulimit -v\n"
    )


def skip_for_root() -> None:
    if os.name == "nt" or os.geteuid() == 0:
        pytest.skip("permissions do not hold for this user")


TROUBLES: dict[str, Callable[[Path], None]] = {
    "the home is a file": home_is_a_file,
    "the home is a broken link": home_is_a_broken_link,
    "the home is a link to itself": home_is_a_link_to_itself,
    "the home belongs to another user": home_of_another_user,
    "there is no home": no_home,
    "an ingest log cannot be read": log_that_cannot_be_read,
    "an ingest log is missing": log_that_is_missing,
    "a run belongs to another user": run_of_another_user,
    "there is no run": no_run,
    "memory is limited to less than the libraries need": little_memory,
}
