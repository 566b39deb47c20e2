"""Connection to a ledger: guarded against hostile files, patient with locks."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from lnmbench.errors import UserError
from lnmbench.store.file_errors import FileProblem, classify, read_error, write_error

Result = TypeVar("Result")
Say = Callable[[str], None]

READER_SECONDS = 20.0
"""How long a reader waits for a program that holds the ledger."""
WRITER_SECONDS = 600.0
"""How long a writer waits: a run has results that should not be lost."""
LONGEST_VALUE_BYTES = 256 * 2**20
LONGEST_STATEMENT_BYTES = 100_000
DAMAGED = "restore it from a copy, or run again with another --out"

_SQLITE_SECONDS = 2.0
_PAUSE_SECONDS = 0.25
_WITHOUT_LOCKS = "vfs=unix-none"
_UNUSED_BYTE = 2**30 - 1
_WAL_BYTE = 18
"""Position in the header of the version that reads the file: 2 for the WAL mode."""
_DAMAGES = (
    *(sqlite3.Error, ValueError, TypeError, IndexError, KeyError),
    *(OverflowError, RecursionError, OSError),
)


def be_silent(_line: str) -> None:
    """Show no notice."""


def connect(path: Path, *, writable: bool, say: Say = be_silent) -> sqlite3.Connection:
    """Return a connection to the ledger at `path`.

    Parameters
    ----------
    path
        The file.
    writable
        Whether the connection may change it.
    say
        Receives notices for the user.
    """
    options = "mode=rw" if writable else _read_options(path)
    if os.name == "posix" and _lacks_locks(path):
        if not writable:  # a writer says it of its own lock
            say(f"the file system of {path} has no locks: do not read it while a run writes to it")
        options += f"&{_WITHOUT_LOCKS}"
    uri = f"{path.resolve().as_uri()}?{options}"
    database = sqlite3.connect(uri, uri=True, timeout=_SQLITE_SECONDS, isolation_level=None)
    try:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE_BYTES)
        database.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, LONGEST_STATEMENT_BYTES)
        database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
            database.execute(f"PRAGMA {pragma}")
        database.execute(f"PRAGMA query_only = {int(not writable)}")
    except BaseException:
        database.close()
        raise
    return database


def connect_new(path: Path) -> sqlite3.Connection:
    """Return a connection to a new file that no other process knows, without locks."""
    options = f"?{_WITHOUT_LOCKS}" if os.name == "posix" else ""
    return sqlite3.connect(f"{path.resolve().as_uri()}{options}", uri=True)


def wait_for(
    operation: Callable[[], Result],
    path: Path,
    *,
    seconds: float,
    say: Say = be_silent,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Result:
    """Return the result of an operation on a ledger that another program may hold for a while.

    Parameters
    ----------
    operation
        Function that is called again until the ledger is free.
    path
        The ledger.
    seconds
        The longest wait.
    say
        Receives a notice when the wait begins.
    sleep, clock
        Functions that pass and tell the time in seconds.

    Raises
    ------
    sqlite3.OperationalError
        If the ledger is still held after that time.
    """
    started, notified = clock(), False
    while True:
        try:
            return operation()
        except sqlite3.OperationalError as error:
            if classify(error) is not FileProblem.in_use or clock() - started > seconds:
                raise
            if not notified:
                say(f"another program holds {path}: waiting up to {seconds:g} s for it")
                notified = True
            sleep(_PAUSE_SECONDS)


def hold(database: sqlite3.Connection, path: Path, say: Say) -> None:
    """Begin a transaction that sees one state of a ledger; wait until it is free.

    Parameters
    ----------
    database
        The ledger.
    path
        Its file.
    say
        Receives a notice when the wait begins.
    """

    def begin() -> None:
        database.execute("BEGIN")
        try:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            database.rollback()
            raise

    wait_for(begin, path, seconds=READER_SECONDS, say=say)


class _Closable(Protocol):
    """A ledger, or its connection."""

    def close(self) -> None:
        """Close the file."""


@contextmanager
def closing_on_error(ledger: _Closable) -> Iterator[None]:
    """Close the ledger if the block fails."""
    try:
        yield
    except BaseException:
        ledger.close()
        raise


@contextmanager
def reading_ledger(path: Path) -> Iterator[None]:
    """Raise `UserError` for a ledger that cannot be read, and for damaged values in it."""
    try:
        yield
    except _DAMAGES as error:
        raise read_error(error, path, "ledger", then=DAMAGED) from error


@contextmanager
def transaction(database: sqlite3.Connection, path: Path, say: Say) -> Iterator[None]:
    """Commit what the block stores, all or nothing; wait for programs that read the ledger.

    Parameters
    ----------
    database
        A writable connection.
    path
        The ledger.
    say
        Receives a notice when the wait begins.

    Raises
    ------
    UserError
        If the ledger cannot be written; nothing of the block is stored.
    """

    def execute(statement: str) -> None:
        wait_for(lambda: database.execute(statement).close(), path, seconds=WRITER_SECONDS, say=say)

    try:
        execute("BEGIN IMMEDIATE")
        try:
            yield
            execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.rollback()
            raise
    except (OSError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise _write_refusal(error, path) from error


def _write_refusal(error: Exception, path: Path) -> UserError:
    if classify(error) is FileProblem.in_use:
        return UserError(
            "another program holds the ledger",
            where=str(path),
            then="finished units are saved: close it there, then rerun the same command",
        )
    refusal = write_error(error, path)
    return refusal or read_error(error, path, "ledger", then=DAMAGED)


def _read_options(path: Path) -> str:
    """Return the options of a URI that reads a ledger without changing it.

    An unfinished transaction of a killed writer can be undone by a writable connection only. A
    ledger in WAL mode needs files next to it, unless it is declared immutable.
    """
    sides = [path.with_name(f"{path.name}{suffix}") for suffix in ("-journal", "-wal")]
    if any(side.is_file() and side.stat().st_size for side in sides):
        may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        return "mode=rw" if may_write else "mode=ro"
    with path.open("rb") as stream:
        header = stream.read(_WAL_BYTE + 1)
    return "mode=ro&immutable=1" if header[_WAL_BYTE:] == b"\x02" else "mode=ro"


def _lacks_locks(path: Path) -> bool:
    """Return whether the file system refuses any lock, as some network drives do.

    A shared lock is tried on a byte that SQLite does not use; closing a file drops this process's
    locks on it, so this is done before a connection.
    """
    import fcntl

    try:
        with path.open("rb") as stream:
            fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, _UNUSED_BYTE)
    except OSError as error:
        return error.errno in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
    return False
