"""Ctrl-C that Python would drop, or turn into another exception."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from types import FrameType

DELAY_SECONDS = 0.05

_interrupted = threading.Event()


def record_interrupts() -> None:
    """Remember that an interrupt arrived, and raise it again if Python drops it.

    Imports, classes and callbacks of libraries turn an interrupt into another exception, such as
    `ImportError` or `RuntimeError`.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _record)
    redeliver_interrupts()


def was_interrupted() -> bool:
    """Return whether an interrupt arrived since `record_interrupts`."""
    return _interrupted.is_set()


def _record(number: int, frame: FrameType | None) -> None:
    _interrupted.set()
    signal.default_int_handler(number, frame)


def redeliver_interrupts() -> None:
    """Raise an interrupt again if Python drops it.

    Python prints and discards exceptions that are raised inside a destructor or the callback of a
    weak reference. A run executes many of them, so some interrupts would not stop it.
    """
    sys.unraisablehook = _redeliver


def _redeliver(dropped: sys.UnraisableHookArgs) -> None:
    if not issubclass(dropped.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
        return
    # not at once: exceptions of this hook are dropped as well
    timer = threading.Timer(DELAY_SECONDS, _interrupt)
    timer.daemon = True
    timer.start()


def _interrupt() -> None:
    if os.name == "nt":
        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)
