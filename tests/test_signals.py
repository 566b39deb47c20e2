"""A signal is sent again, or not if that is canceled."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lnmbench.signals import DelayedSignal, request_stop, stop_if_requested


def wait_for(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.01)


def test_a_signal_arrives_later_in_the_main_thread() -> None:
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        DelayedSignal(signal.SIGINT, seconds=0.3)
        with pytest.raises(KeyboardInterrupt):
            wait_for(120)
        DelayedSignal(signal.SIGINT, seconds=0.05).cancel()
        wait_for(0.2)
    finally:
        signal.signal(signal.SIGINT, handler)


def test_its_thread_may_start_as_late_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new thread that waits for a lock of the main thread must not stop the main thread."""

    def start(thread: threading.Thread) -> None:
        raise AssertionError("the main thread would wait for its start")

    monkeypatch.setattr(threading.Thread, "start", start)
    DelayedSignal(signal.SIGINT, seconds=60).cancel()


def test_a_remembered_signal_stops_the_main_thread_alone() -> None:
    stop_if_requested()
    request_stop()
    try:
        with ThreadPoolExecutor(1) as threads:
            threads.submit(stop_if_requested).result()
        with pytest.raises(KeyboardInterrupt):
            stop_if_requested()
    finally:
        request_stop(is_requested=False)
    stop_if_requested()
