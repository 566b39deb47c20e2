"""Errors of files in plain words: in use, no permission, not found, full, without locks, damaged.

One function tells the kinds apart for the errors of the system, of SQLite and of HDF5, so that a
file that another program holds is never called damaged.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

from lnmbench.errors import UserError

OTHER_FOLDER = "choose another folder with LNMBENCH_HOME, --out or --to"
AFTER_CLOSING = (
    "close it in the other program (viewer, notebook, sync), then rerun the same command"
)


class FileProblem(Enum):
    """Kinds of problems with a file; `content` is everything that is not a problem of access."""

    in_use = auto()
    denied = auto()
    read_only = auto()
    missing = auto()
    full = auto()
    no_locks = auto()
    unreachable = auto()
    impossible_path = auto()
    content = auto()


_BY_ERRNO = {
    FileProblem.full: (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    FileProblem.in_use: (errno.EAGAIN, errno.EWOULDBLOCK, errno.EBUSY, errno.ETXTBSY),
    FileProblem.denied: (errno.EACCES, errno.EPERM),
    FileProblem.read_only: (errno.EROFS,),
    FileProblem.missing: (errno.ENOENT, errno.ENOTDIR),
    FileProblem.no_locks: (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP),
    FileProblem.unreachable: (
        *(errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO, errno.ETIMEDOUT),
        *(errno.EHOSTDOWN, errno.ENETDOWN, errno.ECONNRESET, errno.ENOTCONN, errno.ESHUTDOWN),
    ),
    FileProblem.impossible_path: (
        *(errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL),
    ),
}
_PROBLEMS = {number: problem for problem, numbers in _BY_ERRNO.items() for number in numbers}
_WINDOWS_IN_USE = (32, 33)
"""Error numbers of Windows: sharing violation, lock violation."""

_SQLITE = {
    "SQLITE_BUSY": FileProblem.in_use,
    "SQLITE_LOCKED": FileProblem.in_use,
    "SQLITE_FULL": FileProblem.full,
    "SQLITE_PERM": FileProblem.denied,
    "SQLITE_AUTH": FileProblem.denied,
    "SQLITE_READONLY": FileProblem.read_only,
    "SQLITE_CANTOPEN": FileProblem.denied,
}
_SQLITE_LOCKING = ("RDLOCK", "UNLOCK", "_LOCK", "CHECKRESERVEDLOCK")
_SQLITE_WRITING = ("WRITE", "FSYNC", "TRUNCATE")
_MESSAGES = (
    (re.compile("disk is full|disk I/O error"), FileProblem.full),
    (re.compile(r"is locked|unable to lock file, errno = (?:11|35)\b"), FileProblem.in_use),
    (re.compile("readonly database"), FileProblem.read_only),
)
_ERRNO_IN_TEXT = re.compile(r"errno = (\d+)")


def classify(error: BaseException) -> FileProblem:
    """Return the kind of problem behind an error of the system, of SQLite or of HDF5."""
    if isinstance(error, sqlite3.Error):
        return _classify_sqlite(error)
    if not isinstance(error, OSError):
        return FileProblem.content
    if getattr(error, "winerror", None) in _WINDOWS_IN_USE:
        return FileProblem.in_use
    number = error.errno
    if number is None and (match := _ERRNO_IN_TEXT.search(str(error))):
        number = int(match[1])  # of HDF5
    if number is not None:
        return _PROBLEMS.get(number, FileProblem.content)
    return _classify_text(str(error))


def _classify_sqlite(error: sqlite3.Error) -> FileProblem:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_IOERR"):
        if name.endswith(_SQLITE_LOCKING):
            return FileProblem.no_locks
        return FileProblem.full if name.endswith(_SQLITE_WRITING) else FileProblem.unreachable
    for beginning, problem in _SQLITE.items():
        if name.startswith(beginning):
            return problem
    return _classify_text(str(error)) if not name else FileProblem.content


def _classify_text(text: str) -> FileProblem:
    for pattern, problem in _MESSAGES:
        if pattern.search(text):
            return problem
    return FileProblem.content


def write_error(error: BaseException, path: Path) -> UserError | None:
    """Return the refusal for an error of writing to `path`, None for a bug."""
    problem, where = classify(error), str(path)
    if problem is FileProblem.full:
        return UserError(
            "no space left",
            where=where,
            then=f"free some space, or {OTHER_FOLDER}",
        )
    if problem is FileProblem.in_use:
        return UserError("another program holds the file", where=where, then=AFTER_CLOSING)
    if problem is FileProblem.no_locks:
        return UserError("the file system has no locks", where=where, then=OTHER_FOLDER)
    if problem is FileProblem.unreachable:
        return UserError(
            "the drive reports an error",
            where=where,
            got=str(error)[:120],
            then=f"check that it is connected, or {OTHER_FOLDER}",
        )
    if problem is FileProblem.content:
        return None
    return UserError("cannot write", where=where, got=str(error)[:160], then=OTHER_FOLDER)


def read_error(error: BaseException, path: Path, noun: str, *, then: str) -> UserError:
    """Return the refusal for an error of reading a stored file.

    Parameters
    ----------
    error
        The error.
    path
        The file.
    noun
        The kind of file, e.g. "cohort file".
    then
        The next step if its content is damaged; it must not be given for a file that is in use.
    """
    problem, where = classify(error), str(path)
    if problem is FileProblem.denied and isinstance(error, sqlite3.Error):
        problem = FileProblem.denied if not os.access(path, os.R_OK) else FileProblem.read_only
    if problem is FileProblem.in_use:
        return UserError(f"another program holds the {noun}", where=where, then=AFTER_CLOSING)
    if problem is FileProblem.no_locks:
        return UserError(
            f"the file system of the {noun} has no locks",
            where=where,
            then="copy it to a local drive",
        )
    if problem is FileProblem.denied:
        return UserError(
            f"no permission to read the {noun}",
            where=where,
            then="ask its owner for access, or run as the user who made it",
        )
    if problem is FileProblem.missing:
        return UserError(f"no such {noun}", where=where)
    if problem is FileProblem.read_only:
        return UserError(
            f"the {noun} has an unfinished transaction and cannot be completed here",
            where=where,
            then="copy its folder to a drive that can be written to",
        )
    if problem in (FileProblem.unreachable, FileProblem.impossible_path, FileProblem.full):
        return UserError(
            f"cannot read the {noun}",
            where=where,
            got=str(error)[:120],
            then="check that its drive is connected",
        )
    return UserError(f"cannot read the {noun}", where=where, got=str(error)[:120], then=then)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise `UserError` for the errors of writing to `path`."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        refusal = write_error(error, path)
        if refusal is None:
            raise
        raise refusal from error
