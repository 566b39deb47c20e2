"""Signals that stop a command: Ctrl-C, SIGTERM and SIGHUP.

The first raises `KeyboardInterrupt`, so that the command stops in order. A later one ends the
process at once, which loses no more than a kill does: files appear complete or not at all.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import NoReturn

from lnmbench.signals import DelayedSignal, request_stop

STOPPED = "stopped"

INTERRUPTED = 128 + signal.SIGINT

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")

DELAY_SECONDS = 0.05

SECONDS_OF_ONE_SIGNAL = 1.0
"""A terminal, a shell and `timeout` may each send the same signal to the same process."""

_SHOW_CURSOR = "\x1b[?25h"


class _State:
    """Signals that arrived, and the words that were printed."""

    number: int | None = None
    time = 0.0
    is_resent = False
    is_ending = False
    is_printed = False
    saved = ""


_state = _State()


def record_interrupts() -> None:
    """Handle the signals, unless they are ignored, as `nohup` does, or handled by a program.

    The command also asks `was_interrupted`, because imports, classes and callbacks of libraries
    turn an interrupt into another exception, such as `ImportError` or `RuntimeError`.
    """
    global _state
    _state = _State()
    request_stop(is_requested=False)
    redeliver_interrupts()
    atexit.unregister(_ignore_signals)
    atexit.register(_ignore_signals)
    if threading.current_thread() is not threading.main_thread():
        return
    for name in NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in (
            signal.SIG_DFL,
            signal.default_int_handler,
        ):
            signal.signal(number, _interrupt)


def was_interrupted() -> bool:
    """Return whether a signal arrived since `record_interrupts`."""
    return _state.number is not None


def exit_code() -> int:
    """Return the exit code of a shell for the signal that arrived; that of Ctrl-C for none."""
    return INTERRUPTED if _state.number is None else 128 + _state.number


def announce_resumption(saved: str) -> None:
    """Say when the command is stopped that it can be resumed, and what is saved of it."""
    _state.saved = saved


def print_stopped() -> None:
    """Print, once, that the command was stopped."""
    if not _state.is_printed:
        _state.is_printed = True
        saved = f": {_state.saved} are saved; rerun the same command to continue"
        print(f"{STOPPED}{saved if _state.saved else ''}", file=sys.stderr, flush=True)


def expect_exit() -> None:
    """End the process at once for signals from now on: the interpreter is about to exit."""
    _state.is_ending = True


def redeliver_interrupts() -> None:
    """Raise an interrupt again if Python drops it.

    Python prints and discards exceptions that are raised inside a destructor or the callback of a
    weak reference. A run executes many of them, so some interrupts would not stop it.
    """
    sys.unraisablehook = _redeliver


def _ignore_signals() -> None:
    """Let nothing but the end of the process happen once Python takes its modules apart."""
    for name in NAMES:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _redeliver(dropped: sys.UnraisableHookArgs) -> None:
    if not issubclass(dropped.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
    elif not _state.is_ending:
        # not at once: exceptions of this hook are dropped as well
        _state.is_resent = True
        DelayedSignal(_state.number or signal.SIGINT, seconds=DELAY_SECONDS)


def _interrupt(number: int, frame: FrameType | None) -> None:
    now = time.monotonic()
    is_resent, _state.is_resent = _state.is_resent, False
    if _state.is_ending:
        _end_now(number)
    if was_interrupted() and not is_resent:
        if now - _state.time < SECONDS_OF_ONE_SIGNAL:
            return
        _end_now(number)
    if not was_interrupted():
        _state.number, _state.time = number, now
        request_stop()
    raise KeyboardInterrupt


def _end_now(number: int) -> NoReturn:
    """End without the cleanup of Python. Standard error may be in use by the interrupted code."""
    if not _state.is_printed:
        cursor = _SHOW_CURSOR if os.isatty(2) else ""
        os.write(2, f"{cursor}{STOPPED}\n".encode())
    os._exit(exit_code() if was_interrupted() else 128 + number)
