"""Lock that admits one writer to a ledger."""

from __future__ import annotations

from pathlib import Path

import filelock

from lnmbench.errors import UserError
from lnmbench.store.ledger.connection import Say, be_silent
from lnmbench.store.locks import acquire

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
        raise UserError(
            "another lnmbench run writes to this ledger",
            where=str(ledger),
            then="wait until it ends, or choose another folder with --out",
        ) from error
