"""HDF5 files that appear whole or not at all, also when the disk is full.

The HDF5 library does not survive a failed write: closing the file can crash the process. So it
writes through a stream that keeps the first failure to itself, and the failure is told once the
file is closed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import h5py

from lnmbench.store.atomic import replacing

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Stream(io.FileIO):
    """A file whose writes do not fail; `failure` is what went wrong."""

    failure: OSError | None = None

    def write(self, data: ReadableBuffer) -> int:
        wanted = memoryview(data).nbytes
        try:
            if self.failure is None:
                self._write_all(memoryview(data).cast("B"))
        except OSError as error:
            self.failure = error
        return wanted

    def truncate(self, size: int | None = None) -> int:
        try:
            return super().truncate(size)
        except OSError as error:
            self.failure = self.failure or error
        return size or 0

    def _write_all(self, data: memoryview) -> None:
        while data:
            data = data[super().write(data) :]


@contextmanager
def creating(path: Path) -> Iterator[h5py.File]:
    """Yield a new HDF5 file that moves to `path` when the block succeeds.

    Raises `UserError` where it cannot be written or there is no space left.
    """
    with replacing(path) as beside, _Stream(beside, "w+") as stream:
        try:
            with h5py.File(stream, "w") as file:
                yield file
        finally:
            if stream.failure is not None:
                raise stream.failure
