from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.store.atomic import new_folder, replacing


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    with replacing(tmp_path / "deep" / "f") as neighbor:
        neighbor.write_text("whole")
        assert not (tmp_path / "deep" / "f").exists()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["f"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "no space left"),
        (sqlite3.OperationalError("database or disk is full"), "no space left"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot write.*another folder"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot write"),
    ],
)
def test_a_failure_is_one_line_and_leaves_what_was_there(
    tmp_path: Path, error: Exception, message: str
) -> None:
    (tmp_path / "f").write_text("old")
    with pytest.raises(UserError, match=message):
        _fail(tmp_path / "f", error)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("f", "old")]


def _fail(path: Path, error: Exception) -> None:
    with replacing(path) as neighbor:
        neighbor.write_text("half")
        raise error


@pytest.mark.skipif(os.name == "nt", reason="processes are told apart by signal 0")
def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    removed = subprocess.Popen([sys.executable, "-c", ""])
    removed.wait()
    left, running = (tmp_path / f".f.{pid}.part" for pid in (removed.pid, os.getppid()))
    left.write_text("half")
    running.write_text("half")
    with replacing(tmp_path / "f") as neighbor:
        neighbor.write_text("whole")
    assert sorted(tmp_path.iterdir()) == [running, tmp_path / "f"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no place where folders cannot be made")
def test_a_folder_that_cannot_be_made_is_refused_in_one_line() -> None:
    with (
        pytest.raises(UserError, match="cannot write"),
        new_folder(Path("/proc/figures"), what="figures need a new folder"),
    ):
        pass


def half_made(target: Path) -> None:
    with new_folder(target, what="it needs its own") as neighbor:
        (neighbor / "half").touch()
        raise RuntimeError


def test_a_new_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(RuntimeError):
        half_made(target)
    assert not list(tmp_path.iterdir())
    with new_folder(target, what="it needs its own") as neighbor:
        (neighbor / "whole").touch()
    assert [path.name for path in target.iterdir()] == ["whole"]
    with pytest.raises(UserError, match="it needs its own"):
        half_made(target)
