"""Locks of processes, also where the file system has none."""

from __future__ import annotations

import errno
from pathlib import Path

import filelock
import pytest

from lnmbench.store.locks import acquire


def test_a_held_lock_is_not_acquired_again(tmp_path: Path) -> None:
    lock = acquire(tmp_path / "l")
    with pytest.raises(filelock.Timeout):
        acquire(tmp_path / "l", timeout_s=0)
    lock.release()
    acquire(tmp_path / "l", timeout_s=0).release()


def test_a_wait_is_announced(tmp_path: Path) -> None:
    lock = acquire(tmp_path / "l")
    notices: list[str] = []
    with pytest.raises(filelock.Timeout):
        acquire(tmp_path / "l", timeout_s=0.02, patience_s=0.01, say=notices.append)
    lock.release()
    assert len(notices) == 1
    assert "another process holds" in notices[0]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOLCK, "x"), OSError(errno.EOPNOTSUPP, "x"), NotImplementedError("x")]
)
def test_without_locks_a_file_marks_the_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    notices: list[str] = []
    lock = acquire(tmp_path / "l", timeout_s=0, say=notices.append)
    assert (tmp_path / "l.held").exists()
    with pytest.raises(filelock.Timeout):
        acquire(tmp_path / "l", timeout_s=0)
    lock.release()
    assert not (tmp_path / "l.held").exists()
    assert "has no locks" in notices[0]
