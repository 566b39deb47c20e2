"""Delivery of Ctrl-C that Python would drop."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading

DELAY_SECONDS = 0.05


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
