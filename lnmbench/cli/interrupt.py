"""Ctrl-C is heard wherever it strikes."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading

SECONDS_BEFORE_AGAIN = 0.05


def never_lose_interrupts() -> None:
    """Let an interrupt strike again where Python would drop it.

    Python cannot raise inside a destructor or the callback of a weak reference: what is raised
    there is printed and forgotten, and a run that calls many of them would sometimes go on as if
    nobody had asked it to stop.
    """
    sys.unraisablehook = _interrupt_again


def _interrupt_again(dropped: sys.UnraisableHookArgs) -> None:
    if not issubclass(dropped.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
        return
    # Not here and now: what a hook raises is dropped as well.
    again = threading.Timer(SECONDS_BEFORE_AGAIN, _strike)
    again.daemon = True
    again.start()


def _strike() -> None:
    if os.name == "nt":
        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)
