"""Atomic files: each appears complete or not at all."""

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
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a file while it is made; a second process waits and finds the file."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(path.with_name(f".{path.name}.lock")):
        yield


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to; move it to `path` when the block succeeds.

    Raises `UserError` if the folder cannot be written or has no space left; no file stays.
    """
    temporary_path = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(path)
            yield temporary_path
            temporary_path.replace(path)
    finally:
        temporary_path.unlink(missing_ok=True)


@contextmanager
def new_folder(folder: Path, *, what: str) -> Iterator[Path]:
    """Yield a temporary folder to write to; move it to `folder` when the block succeeds.

    Raises `UserError` with the problem `what` if `folder` exists and is not empty, and as
    `replacing` does; no file stays.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(what, where=str(folder), got="a file, or a folder with files")
    temporary_folder = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        with writing(folder):
            temporary_folder.mkdir(parents=True)
            yield temporary_folder
            if folder.is_dir():
                folder.rmdir()
            temporary_folder.replace(folder)
    finally:
        shutil.rmtree(temporary_folder, ignore_errors=True)


def _remove_abandoned(path: Path) -> None:
    """Remove the unfinished files that a killed process left next to the path."""
    for unfinished in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        number = unfinished.name.split(".")[-2]
        if number.isdigit() and not _is_running(int(number)):
            unfinished.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":  # on Windows, signal 0 would end the process
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
    """Raise `UserError` for the errors of writing to `path`."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        number = error.errno if isinstance(error, OSError) else None
        # SQLite reports a full disk only in its message
        full = number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        if full or re.search("disk is full|disk I/O error", str(error)):
            raise UserError(
                "no space left",
                where=str(path),
                then="free some space, or choose another folder with LNMBENCH_HOME, --out or --to",
            ) from error
        if number in CANNOT:
            raise UserError(
                "cannot write",
                where=str(path),
                got=str(error),
                then="choose another folder with LNMBENCH_HOME, --out or --to",
            ) from error
        raise
