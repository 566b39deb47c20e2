"""Signals that arrive when they cannot be handled, sent again a moment later."""

from __future__ import annotations

import _thread
import os
import signal
import threading


def send_again(number: int, *, seconds: float) -> threading.Timer:
    """Send a signal to this process after some seconds; returns the timer, which can be canceled.

    Parameters
    ----------
    number
        The signal.
    seconds
        Time to wait.
    """
    timer = threading.Timer(seconds, _send, (number,))
    timer.daemon = True
    timer.start()
    return timer


def _send(number: int) -> None:
    if os.name == "nt":  # on Windows, os.kill ends the process
        _thread.interrupt_main(signal.Signals(number))
    else:
        os.kill(os.getpid(), number)
