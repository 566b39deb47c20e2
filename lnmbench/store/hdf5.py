"""Atomic HDF5 files: each appears complete or not at all, also on a full disk.

An exception inside a write can crash the process when the HDF5 library closes the file. So it
writes through a stream that stores the first failure, which is raised after the file is closed, and
signals such as Ctrl-C are handled after the call of the library in which they arrive.
"""

from __future__ import annotations

import io
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import h5py

from lnmbench.signals import DelayedSignal
from lnmbench.store.atomic import replacing

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SECONDS_TO_DEFER = 0.02


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
    with replacing(path, private=True) as temporary_path, _Stream(temporary_path, "w+") as stream:
        try:
            with _deferring_signals(), h5py.File(stream, "w") as file:
                yield file
        finally:
            if stream.failure is not None:
                raise stream.failure


@contextmanager
def _deferring_signals() -> Iterator[None]:
    """Call the handlers of signals only while no function of h5py runs."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python handles signals in its main thread
        return
    handlers = {
        int(number): handler
        for number in signal.valid_signals()
        if callable(handler := signal.getsignal(number))
    }

    deferred: dict[int, DelayedSignal] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        if _is_in_hdf5(frame):
            deferred[number] = DelayedSignal(number, seconds=SECONDS_TO_DEFER)
        else:
            deferred.pop(number, None)
            handlers[number](number, frame)

    for number in handlers:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number, delayed in deferred.items():
            delayed.cancel()
            signal.raise_signal(number)


def _is_in_hdf5(frame: FrameType | None) -> bool:
    while frame is not None:
        # the library also writes when an object is deleted, outside the functions of h5py
        if frame.f_code.co_filename == __file__ and isinstance(frame.f_locals.get("self"), _Stream):
            return True
        if str(frame.f_globals.get("__name__")).partition(".")[0] == "h5py":
            return True
        frame = frame.f_back
    return False
