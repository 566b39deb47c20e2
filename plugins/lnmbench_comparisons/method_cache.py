"""Cache of numbers that all comparisons of one method share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench import Pair

T = TypeVar("T")


class MethodCache(Generic[T]):
    """Numbers of both methods of a pair, computed once for each method's predictions.

    Parameters
    ----------
    compute
        Returns the numbers of predictions (repeats, n) of one method of the pair.
    """

    def __init__(self, compute: Callable[[NDArray[np.float64], Pair], T]) -> None:
        self._compute = compute
        self._cache: dict[str, tuple[NDArray[np.float64], T]] = {}

    def both(self, pair: Pair) -> tuple[T, T]:
        """Return the numbers of method a and of method b."""
        return (
            self._numbers(pair.method_a, pair.predicted_a, pair),
            self._numbers(pair.method_b, pair.predicted_b, pair),
        )

    def _numbers(self, method: str, predicted: NDArray[np.float64], pair: Pair) -> T:
        cached = self._cache.get(method)
        # another run may hold other predictions of a method with the same fingerprint
        if cached is None or cached[0] is not predicted:
            cached = self._cache[method] = (predicted, self._compute(predicted, pair))
        return cached[1]
