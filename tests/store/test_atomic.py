from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.store.atomic import replacing


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    with replacing(tmp_path / "deep" / "f") as beside:
        beside.write_text("whole")
        assert not (tmp_path / "deep" / "f").exists()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["f"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "no space left"),
        (sqlite3.OperationalError("database or disk is full"), "no space left"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot write.*another place"),
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
    with replacing(path) as beside:
        beside.write_text("half")
        raise error
