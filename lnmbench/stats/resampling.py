"""Resamples of cases, drawn with replacement within strata, and metrics of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Weights that are scored at a time: some MB of float64.
_BATCH = 2**19
# Labels with more distinct values are not classes.
_CLASSES = 20


@runtime_checkable
class Weighted(Protocol):
    """Metric that also scores many weightings of the cases at once, which is much faster."""

    def __call__(self, truth: NDArray[Any], predicted: NDArray[Any]) -> float:
        """Return the metric of the cases."""
        ...

    def weighted(
        self, truth: NDArray[Any], predicted: NDArray[Any], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the metric of each of many weightings of the cases.

        Parameters
        ----------
        truth
            Labels, (n, …).
        predicted
            Predictions, (n, …).
        weights
            Weight of each case in each weighting, (b, n): 2 counts it twice, 0 leaves it out.

        Returns
        -------
        ndarray
            The metric of each weighting, (b,).
        """
        ...


def score_resamples(
    metric: Callable[[Any, Any], float],
    truth: NDArray[Any],
    predicted: NDArray[Any],
    times: NDArray[np.integer[Any]],
) -> NDArray[np.float64]:
    """Return the metric of each resample.

    Parameters
    ----------
    metric
        Function `metric(truth, predicted)`; a `Weighted` one scores the resamples without a loop.
    truth
        Labels, (n, …).
    predicted
        Predictions, (n, …).
    times
        How often each resample contains each case, (b, n).

    Returns
    -------
    ndarray
        The metric of each resample, (b,).
    """
    if isinstance(metric, Weighted):
        rows = max(1, _BATCH // times.shape[1])
        parts = [times[start : start + rows] for start in range(0, len(times), rows)]
        values = [metric.weighted(truth, predicted, part.astype(np.float64)) for part in parts]
        return np.concatenate(values)  # (b,)
    samples = (np.repeat(np.arange(len(truth)), row) for row in times)
    return np.array([float(metric(truth[cases], predicted[cases])) for cases in samples])


@lru_cache(maxsize=4)
def draw_resamples(strata: bytes, resamples: int, seed: int) -> NDArray[np.uint16]:
    """Return how often each resample contains each case, (resamples, n).

    It is cached, because the metrics of one method share it.

    Parameters
    ----------
    strata
        Bytes of the number of each case's stratum, (n,) of intp; cases are drawn within it.
    resamples
        Number of resamples.
    seed
        Seed of the resamples.
    """
    labels = np.frombuffer(strata, dtype=np.intp)
    random = np.random.default_rng(seed)
    times = np.empty((resamples, labels.size), dtype=np.uint16)
    for cases in group_members(labels):
        size = cases.size
        rows = max(1, _BATCH // size)
        for start in range(0, resamples, rows):
            count = min(rows, resamples - start)
            drawn = random.integers(0, size, (count, size))
            drawn += np.arange(count)[:, None] * size
            counts = np.bincount(drawn.ravel(), minlength=count * size)
            times[start : start + count, cases] = counts.reshape(count, size)
    return times


def leave_out(members: NDArray[np.intp], groups: int, n: int, seed: int) -> NDArray[np.uint8]:
    """Return the weights (groups, n) without each case of a stratum, or each random group.

    Parameters
    ----------
    members
        The cases of the stratum, (m,).
    groups
        Largest number of groups.
    n
        Number of all cases.
    seed
        Seed of the groups.
    """
    order = np.random.default_rng(seed).permutation(members)
    parts = np.array_split(order, min(groups, members.size))
    times = np.ones((len(parts), n), dtype=np.uint8)
    for row, part in enumerate(parts):
        times[row, part] = 0
    return times


def number_strata(truth: NDArray[np.float64], strata: ArrayLike | None) -> NDArray[np.intp]:
    """Return the number of each case's stratum, (n,).

    By default the strata are the classes of `truth`, or one if it has no classes.
    """
    if strata is not None:
        labels = np.asarray(strata)
        if labels.shape != (len(truth),):
            raise ValueError(f"strata: expected the shape ({len(truth)},), got {labels.shape}")
    else:
        labels = truth if _are_classes(truth) else np.zeros(len(truth))
    return np.unique(labels, return_inverse=True)[1].astype(np.intp)


def group_members(strata: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return the cases of each stratum."""
    return [np.flatnonzero(strata == number) for number in range(int(strata.max()) + 1)]


def _are_classes(truth: NDArray[np.float64]) -> bool:
    whole = truth.ndim == 1 and bool(np.all(truth == np.floor(truth)))
    return whole and np.unique(truth).size <= _CLASSES
