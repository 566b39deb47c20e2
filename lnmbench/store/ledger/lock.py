"""Lock that admits one writer to a ledger."""

from __future__ import annotations

from pathlib import Path

import filelock

from lnmbench.errors import UserError
from lnmbench.store.ledger.connection import Say, be_silent
from lnmbench.store.locks import MARKER_SUFFIX, acquire

SUFFIX = ".lock"


def acquire_lock(ledger: Path, say: Say = be_silent) -> filelock.BaseFileLock:
    """Return the acquired lock of a ledger.

    Parameters
    ----------
    ledger
        The ledger.
    say
        Receives a notice if the file system has no locks.

    Raises
    ------
    UserError
        If another process holds it.
    """
    try:
        return acquire(ledger.with_name(f"{ledger.name}{SUFFIX}"), timeout_s=0, say=say)
    except filelock.Timeout as error:
        marker = Path(error.lock_file)
        may_be_left = marker.name.endswith(MARKER_SUFFIX)
        unless = f"; if none runs, delete {marker.name}" if may_be_left else ""
        raise UserError(
            "another lnmbench run writes to this ledger",
            where=str(ledger),
            then=f"wait until it ends, or choose another folder with --out{unless}",
        ) from error
