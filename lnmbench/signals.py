"""Signals that arrive when they cannot be handled: sent again a moment later, or remembered."""

from __future__ import annotations

import _thread
import os
import signal
import threading

_stop_requested = threading.Event()


def request_stop(*, is_requested: bool = True) -> None:
    """Remember that a signal asked this process to stop, or forget it."""
    if is_requested:
        _stop_requested.set()
    else:
        _stop_requested.clear()


def stop_if_requested() -> None:
    """Raise `KeyboardInterrupt` in the main thread if a signal asked this process to stop.

    Libraries in C, such as ITK while it loads a module, drop the one that the signal raised.
    """
    if _stop_requested.is_set() and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


class DelayedSignal:
    """A signal that is sent to this process after some seconds.

    Its thread is started without waiting for it, unlike a `threading.Thread`: within a handler, the
    main thread may hold a lock (that of h5py) that the new thread needs before it has started.

    Parameters
    ----------
    number
        The signal.
    seconds
        Time to wait.
    """

    def __init__(self, number: int, *, seconds: float) -> None:
        self._number, self._seconds = number, seconds
        self._canceled = threading.Event()
        _thread.start_new_thread(self._send_later, ())

    def cancel(self) -> None:
        """Do not send the signal, if it has not been sent."""
        self._canceled.set()

    def _send_later(self) -> None:
        if not self._canceled.wait(self._seconds):
            _send(self._number)


def _send(number: int) -> None:
    if os.name == "nt":  # on Windows, os.kill ends the process
        _thread.interrupt_main(signal.Signals(number))
    else:
        os.kill(os.getpid(), number)
