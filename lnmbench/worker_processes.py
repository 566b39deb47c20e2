"""Pools of worker processes that end with the process that started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import ModuleType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SECONDS_BETWEEN_LOOKS = 0.5

_STARTING = threading.Lock()
"""Held while a process may start, because that changes state which all threads share."""


class WorkerProcesses(ProcessPoolExecutor):
    """Processes that end at once when the pool is cancelled, or with this process.

    Every worker holds the reading end of a pipe, and this process the writing end, which the
    system closes when the process ends, by whatever signal.

    Parameters
    ----------
    workers
        The number of processes.
    start
        A function that each of them calls first, of a module that it can import.
    """

    def __init__(self, workers: int, start: Callable[[], None] | None = None) -> None:
        with _STARTING:
            _start_resource_tracker()
        context = multiprocessing.get_context("spawn")
        reader, self._lifeline = context.Pipe(duplex=False)
        super().__init__(
            workers, mp_context=context, initializer=_start_worker, initargs=(reader, start)
        )

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Schedule a call, and start a worker for it if there are fewer than there may be."""
        with _STARTING, _blocking_terminal_signals(), _hiding_main_module():
            return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers: when they have done their work, or at once with `cancel_futures`."""
        if cancel_futures:
            self._lifeline.close()
        super().shutdown(wait, cancel_futures=cancel_futures)


@contextmanager
def _blocking_terminal_signals() -> Iterator[None]:
    """Start processes that ignore the signals which a terminal sends to all of its processes.

    This process handles them and ends the workers. A child inherits the mask of its parent, so
    that none arrives before the child could ignore it.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    _start_resource_tracker()  # it unblocks signals when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _hiding_main_module() -> Iterator[None]:
    """Start processes that do not run the user's script, which need not expect that.

    A process that is spawned imports the main module of its parent. What workers call is in
    modules of its own.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _start_resource_tracker() -> None:
    """Start the process of Python that removes semaphores after the end of this one.

    A pool has five of them. A process that a signal ends at once cannot remove them; then the
    tracker does, and would warn of leaked semaphores although none is left. On Windows, they end
    with their processes.
    """
    if os.name == "nt":
        return
    from multiprocessing.resource_tracker import ensure_running

    sys.warnoptions.append("ignore:resource_tracker:UserWarning")  # becomes an option of its own
    try:
        ensure_running()
    finally:
        sys.warnoptions.remove("ignore:resource_tracker:UserWarning")


def _start_worker(lifeline: Connection, start: Callable[[], None] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()
    if start is not None:
        start()


def _end_with_parent(lifeline: Connection) -> None:
    """End this process and its children when the parent closes the pipe or ends."""
    parent = os.getppid()
    try:
        # a process that the parent forked may hold the pipe open after the parent's end
        while not lifeline.poll(SECONDS_BETWEEN_LOOKS) and os.getppid() == parent:
            pass
    except OSError:  # a broken pipe on Windows
        pass
    for child in multiprocessing.active_children():
        child.kill()
    os._exit(1)
