"""Executors behind the boundary."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import Unexpected, describe

P = ParamSpec("P")
T = TypeVar("T")


class GuardedExecutor(Executor):
    """An executor of a plugin.

    Parameters
    ----------
    executor
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, executor: Executor, boundary: Boundary) -> None:
        self._executor, self._boundary = executor, boundary

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Schedule a call and return its future.

        What the call raises belongs to the call, not to the executor.
        """
        future: Future[T] = self._boundary.call(
            "submit", _require_future, self._executor.submit, fn, *args, **kwargs
        )
        return future

    def result(self, future: Future[T], check: Callable[[object], T]) -> T:
        """Return the result of a future, after a check.

        Parameters
        ----------
        future
            A future that `submit` returned and that is done.
        check
            Returns the result, or raises `Unexpected`.

        Raises
        ------
        PluginError
            For a future that the executor cancelled, an exception of its own in the future, and a
        result that the check refuses.
        """
        if future.cancelled():
            raise self._boundary.refuse(
                "submit", expected="a future with the result of its call", got="a cancelled one"
            )
        return self._boundary.call("submit", check, future.result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Release what the executor holds."""
        self._boundary.call(
            "shutdown",
            lambda value: None,
            self._executor.shutdown,
            wait=wait,
            cancel_futures=cancel_futures,
        )


def _require_future(value: object) -> Future[T]:
    if not isinstance(value, Future):
        raise Unexpected("a concurrent.futures.Future", describe(value))
    return value
