"""Errors of files by their kind."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import h5py
import pytest

from lnmbench import UserError
from lnmbench.store.file_errors import FileProblem, classify, read_error, write_error, writing


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (OSError(errno.ENOSPC, "x"), FileProblem.full),
        (OSError(errno.EDQUOT, "x"), FileProblem.full),
        (BlockingIOError(errno.EAGAIN, "x"), FileProblem.in_use),
        (OSError("unable to lock file, errno = 11, error message = …"), FileProblem.in_use),
        (OSError("unable to lock file, errno = 37, error message = …"), FileProblem.no_locks),
        (OSError(errno.ENOLCK, "x"), FileProblem.no_locks),
        (OSError(errno.ENOSYS, "x"), FileProblem.no_locks),
        (PermissionError(errno.EACCES, "x"), FileProblem.denied),
        (OSError(errno.EROFS, "x"), FileProblem.read_only),
        (FileNotFoundError(errno.ENOENT, "x"), FileProblem.missing),
        (OSError(errno.ESTALE, "x"), FileProblem.unreachable),
        (OSError(errno.ENAMETOOLONG, "x"), FileProblem.impossible_path),
        (OSError("file signature not found"), FileProblem.content),
        (ValueError("x"), FileProblem.content),
        (sqlite3.OperationalError("database is locked"), FileProblem.in_use),
        (sqlite3.OperationalError("database or disk is full"), FileProblem.full),
        (sqlite3.OperationalError("no such table"), FileProblem.content),
    ],
)
def test_kinds_are_told_apart(error: Exception, problem: FileProblem) -> None:
    assert classify(error) is problem


def test_errors_of_the_libraries_are_known(tmp_path: Path) -> None:
    with pytest.raises(OSError) as missing:
        h5py.File(tmp_path / "x.h5", "r")
    assert classify(missing.value) is FileProblem.missing
    database = sqlite3.connect(tmp_path / "x.sqlite", timeout=0, isolation_level=None)
    other = sqlite3.connect(tmp_path / "x.sqlite", timeout=0, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError) as busy:
        other.execute("BEGIN EXCLUSIVE")
    assert classify(busy.value) is FileProblem.in_use
    other.close()
    database.close()
    with pytest.raises(sqlite3.OperationalError) as unopened:
        sqlite3.connect(tmp_path / "none" / "x.sqlite")
    assert classify(unopened.value) is FileProblem.denied


def test_only_damaged_content_gets_the_advice_for_it(tmp_path: Path) -> None:
    for error in (
        *(BlockingIOError(errno.EAGAIN, "x"), PermissionError(errno.EACCES, "x")),
        *(OSError(errno.ENOLCK, "x"), OSError(errno.EIO, "x"), FileNotFoundError(errno.ENOENT, "")),
    ):
        assert "delete it" not in str(read_error(error, tmp_path, "file", then="delete it"))
    damaged = read_error(OSError("bad signature"), tmp_path, "file", then="delete it")
    assert str(damaged).endswith("got bad signature; delete it")


def test_a_bug_stays_one(tmp_path: Path) -> None:
    assert write_error(OSError("a bug"), tmp_path) is None
    with pytest.raises(UserError, match="another program holds"), writing(tmp_path):
        raise BlockingIOError(errno.EAGAIN, "x")
    with pytest.raises(sqlite3.OperationalError), writing(tmp_path):
        raise sqlite3.OperationalError("no such table")
