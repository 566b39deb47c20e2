from __future__ import annotations

from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

import pytest

from lnmbench import UserError
from lnmbench.errors import PluginError
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.executors import GuardedExecutor


def double(x: int) -> int:
    return 2 * x


def fail() -> None:
    raise UserError("no such file")


def test_calls_run_and_their_errors_are_theirs(boundary: Boundary) -> None:
    executor = GuardedExecutor(ThreadPoolExecutor(1), boundary)
    assert executor.result(executor.submit(double, 2), lambda value: value) == 4
    with pytest.raises(UserError, match="no such file"):
        executor.submit(fail).result()
    executor.shutdown()


def test_a_cancelled_future_is_a_fault(boundary: Boundary) -> None:
    executor = GuardedExecutor(ThreadPoolExecutor(1), boundary)
    future: Future[int] = Future()
    future.cancel()
    with pytest.raises(PluginError, match="got a cancelled one"):
        executor.result(future, lambda value: value)
    with pytest.raises(CancelledError):
        future.result()
    executor.shutdown()
