"""Suppression of the warnings that ITK and pydicom write to the terminal about a file.

Faults that matter are checked by lnmbench and raised as `UserError`.
"""

from __future__ import annotations

import threading
import warnings
from contextlib import ContextDecorator
from typing import Self

import SimpleITK as sitk

sitk.ProcessObject.SetGlobalWarningDisplay(False)


class _WarningFilter(ContextDecorator):
    """Filter of `UserWarning`, active while any thread is within; filters are process-wide."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._within = 0
        self._filters = warnings.catch_warnings()

    def __enter__(self) -> Self:
        with self._lock:
            if not self._within:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.simplefilter("ignore", UserWarning)
            self._within += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                self._filters.__exit__(None, None, None)


suppress_warnings = _WarningFilter()
