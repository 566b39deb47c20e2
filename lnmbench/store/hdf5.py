"""Atomic HDF5 files: each appears complete or not at all, also on a full disk.

A failed write can crash the process when the HDF5 library closes the file. So it writes through a
stream that stores the first failure, which is raised after the file is closed.
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
    """File whose writes do not fail; `failure` is the first error."""

    failure: OSError | None = None

    def write(self, data: ReadableBuffer) -> int:
        size = memoryview(data).nbytes
        try:
            if self.failure is None:
                self._write_all(memoryview(data).cast("B"))
        except OSError as error:
            self.failure = error
        return size

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
def create_hdf5(path: Path) -> Iterator[h5py.File]:
    """Yield a new HDF5 file that moves to `path` when the block succeeds.

    Raises `UserError` if it cannot be written or there is no space left.
    """
    with replacing(path) as temporary_path, _Stream(temporary_path, "w+") as stream:
        try:
            with h5py.File(stream, "w") as file:
                yield file
        finally:
            if stream.failure is not None:
                raise stream.failure
