"""Opening of a cohort file: layout, table and description are verified before it is used."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from lnmbench.errors import UserError
from lnmbench.store.cohort_table import verify_table
from lnmbench.store.file_errors import read_error
from lnmbench.store.hdf5_checks import open_hdf5, read_number_attribute

FORMAT = 4
REBUILD = "delete it to rebuild it"
FAULTS = (OSError, KeyError, ValueError, TypeError, RuntimeError, IndexError, OverflowError)
SETTLED_NS = 3 * 10**9
"""A file that changed within this time might change again without a change of its times."""


def is_of_older_format(path: Path) -> bool:
    """Return whether an earlier version wrote this cohort file, with another layout."""
    try:
        with open_hdf5(path) as file:
            return read_number_attribute(file, "format") < FORMAT
    except FAULTS:
        return False


@contextmanager
def open_cohort(path: Path) -> Iterator[h5py.File]:
    """Open a cohort file for reading. Raises `UserError` for any fault of the file.

    Layout, table and description are verified once in a process, and again after a change.
    """
    with reading_cohort(path):
        if not path.is_file():
            raise UserError("no such cohort file", where=str(path), then="lnmbench data ingest")
        _verify_state(path, read_state(path))
        with open_hdf5(path) as file:
            yield file


@contextmanager
def reading_cohort(path: Path) -> Iterator[None]:
    """Raise `UserError` for the errors of reading a cohort file."""
    try:
        yield
    except FAULTS as error:
        raise read_error(error, path, "cohort file", then=REBUILD) from error


def read_state(path: Path) -> tuple[int, ...]:
    """Return what changes with the content; unique for a file that was changed just now."""
    status = path.stat()
    last_change = max(status.st_mtime_ns, status.st_ctime_ns)
    now = time.time_ns()
    # a time in the future is that of another computer's clock
    changing = now if 0 <= now - last_change < SETTLED_NS else 0
    return (status.st_dev, status.st_ino, status.st_size, last_change, changing)


@functools.lru_cache(maxsize=16)
def _verify_state(path: Path, _state: tuple[int, ...]) -> None:
    with open_hdf5(path) as file:
        stored_format = read_number_attribute(file, "format")
        if stored_format != FORMAT:
            raise UserError(
                "unsupported cohort file format",
                where=str(path),
                expected=f"format {FORMAT}",
                got=str(stored_format),
                then=REBUILD,
            )
        verify_table(file)
