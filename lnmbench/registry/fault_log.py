"""Log of the faults of plugins: their tracebacks, for authors."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from lnmbench.errors import PluginError

FILE = "plugin-faults.log"
_LARGEST_BYTES = 10_000_000

_LOGGER = logging.getLogger("lnmbench.plugins")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False
_LOGGER.setLevel(logging.ERROR)


def record(fault: PluginError) -> None:
    """Record the traceback of a fault, if the command keeps a log."""
    if fault.details:
        fault.process = fault.process or os.getpid()
        _LOGGER.error("%s\n%s", fault, fault.details)


def record_from_worker(error: Exception) -> None:
    """Record a fault that another process met, which has no log."""
    if isinstance(error, PluginError) and error.process != os.getpid():
        record(error)


def keep_log(folder: Path, *, debug: bool = False) -> None:
    """Append the faults of this process to a file that the user alone can read.

    Parameters
    ----------
    folder
        The folder of the file, which is created with the first fault.
    debug
        Whether to print the tracebacks to standard error as well.
    """
    for handler in [h for h in _LOGGER.handlers if not isinstance(h, logging.NullHandler)]:
        _LOGGER.removeHandler(handler)
    _LOGGER.addHandler(_PrivateFile(folder / FILE))
    if debug:
        _LOGGER.addHandler(logging.StreamHandler())


class _PrivateFile(logging.Handler):
    """A file that is opened for each record, since faults are rare and a home may be read-only."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.setFormatter(logging.Formatter(f"%(asctime)s lnmbench {os.getpid()}: %(message)s"))

    def emit(self, entry: logging.LogRecord) -> None:
        """Append the record; a log that cannot be written is no reason to stop."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            too_large = self._path.is_file() and self._path.stat().st_size > _LARGEST_BYTES
            flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if too_large else os.O_APPEND)
            descriptor = os.open(self._path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{self.format(entry)}\n")
        except OSError:
            return
