"""Signals that are sent again."""

from __future__ import annotations

import signal
import time

from lnmbench.signals import send_again


def test_a_signal_is_sent_to_this_process_later() -> None:
    received: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: received.append(number))
    try:
        send_again(signal.SIGINT, seconds=0.01).join()
        send_again(signal.SIGINT, seconds=60).cancel()
        deadline = time.monotonic() + 5
        while not received and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert received == [signal.SIGINT]
