"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import glob
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from lnmbench.errors import UserError

CANNOT = (
    *(errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EEXIST),
    *(errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP),
)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process makes the same file; the second comer finds it made."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(path.with_name(f".{path.name}.lock")):
        yield


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; move it into place when the block succeeds.

    Raises `UserError` where the place cannot be written or has no space left; nothing stays.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(path)
            yield beside
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def new_folder(folder: Path, *, what: str) -> Iterator[Path]:
    """Yield a folder beside `folder` to write to; move it into place when the block succeeds.

    Raises `UserError` where `folder` exists and is not empty (`what` says so), and as
    `replacing` does; nothing stays.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(what, where=str(folder), got="one in use")
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        with writing(folder):
            beside.mkdir(parents=True)
            yield beside
            if folder.is_dir():
                folder.rmdir()
            beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _remove_abandoned(path: Path) -> None:
    """Remove what a killed process left half-written beside the path."""
    for beside in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        number = beside.name.split(".")[-2]
        if number.isdigit() and not _is_running(int(number)):
            beside.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":  # there, signal 0 would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the errors of writing to `path` into one line each."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        number = error.errno if isinstance(error, OSError) else None
        # SQLite reports a full disk in words only
        full = number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        if full or re.search("disk is full|disk I/O error", str(error)):
            raise UserError(
                "no space left",
                where=str(path),
                then="free some, or point LNMBENCH_HOME, --out or --to elsewhere",
            ) from error
        if number in CANNOT:
            raise UserError(
                "cannot write",
                where=str(path),
                got=str(error),
                then="choose another place with LNMBENCH_HOME, --out or --to",
            ) from error
        raise
