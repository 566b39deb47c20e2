"""Locks of files that one process makes or writes, also on drives without locks.

A network drive may refuse locks. There, a file marks that a process works, and names it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import filelock

from lnmbench.store.file_errors import FileProblem, classify

MARKER_SUFFIX = ".held"


def acquire(
    path: Path,
    *,
    timeout_s: float = -1,
    say: Callable[[str], None] | None = None,
    patience_s: float = 5.0,
) -> filelock.BaseFileLock:
    """Return the acquired lock at `path`.

    Parameters
    ----------
    path
        The file of the lock.
    timeout_s
        The longest wait in seconds; negative to wait without end.
    say
        Receives a notice when the wait begins, or if the file system has no locks.
    patience_s
        The wait before a notice.

    Raises
    ------
    filelock.Timeout
        If another process holds it for longer.
    """
    try:
        return _acquire(filelock.FileLock(path), timeout_s, say, patience_s)
    except (OSError, NotImplementedError) as error:
        lacks_locks = isinstance(error, NotImplementedError) or (
            classify(error) is FileProblem.no_locks
        )
        if isinstance(error, filelock.Timeout) or not lacks_locks:
            raise
    marker = path.with_name(f"{path.name}{MARKER_SUFFIX}")
    if say is not None:
        say(f"the file system of {path.parent} has no locks: {marker.name} marks its use instead")
    return _acquire(filelock.SoftFileLock(marker), timeout_s, say, patience_s)


def _acquire(
    lock: filelock.BaseFileLock,
    timeout_s: float,
    say: Callable[[str], None] | None,
    patience_s: float,
) -> filelock.BaseFileLock:
    with warnings.catch_warnings():
        # newer versions of the package warn of their own fallback
        warnings.filterwarnings("ignore", message="flock not supported")
        if say is None or 0 <= timeout_s <= patience_s:
            lock.acquire(timeout=timeout_s)
            return lock
        try:
            lock.acquire(timeout=patience_s)
        except filelock.Timeout:
            say(f"another process holds {lock.lock_file}: waiting for it")
            lock.acquire(timeout=timeout_s)
    return lock
