"""Lock that admits one writer to a ledger."""

from __future__ import annotations

from pathlib import Path

import filelock

from lnmbench.errors import UserError

SUFFIX = ".lock"


def acquire_lock(ledger: Path) -> filelock.BaseFileLock:
    """Return the acquired lock of a ledger. Raises `UserError` if another process holds it."""
    lock = filelock.FileLock(f"{ledger}{SUFFIX}")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise UserError(
            "another lnmbench run writes to this ledger",
            where=str(ledger),
            then="wait until it ends, or choose another folder with --out",
        ) from error
    return lock
