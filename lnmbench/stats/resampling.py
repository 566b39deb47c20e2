"""Resamples of cases or patients, drawn with replacement within strata, and statistics of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Function of weights (b, n) of the cases, 2 for a case that counts twice, that returns (b, …)."""

# Weights that are scored at a time: some MB of float64.
_BATCH = 2**19


def score_resamples(statistic: Statistic, times: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Return a statistic of each resample.

    Parameters
    ----------
    statistic
        Function of weights (b, n) of the cases that returns (b, …).
    times
        How often each resample contains each case, (b, n).

    Returns
    -------
    ndarray
        The statistic of each resample, (b, …).
    """
    rows = max(1, _BATCH // times.shape[1])
    parts = [times[start : start + rows] for start in range(0, len(times), rows)]
    return np.concatenate([statistic(part.astype(np.float64)) for part in parts])


@lru_cache(maxsize=4)
def draw_resamples(strata: bytes, resamples: int, seed: int) -> NDArray[np.uint16]:
    """Return how often each resample contains each case, (resamples, n).

    It is cached, because the statistics of all methods share it.

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


def number_patients(patients: ArrayLike | None, n: int) -> NDArray[np.intp]:
    """Return the number of each case's patient, (n,), from 0 on.

    Parameters
    ----------
    patients
        Numbers or names of the patients, (n,); if it is empty or None, each case is a patient.
    n
        Number of cases.

    Raises
    ------
    ValueError
        For another number of cases.
    """
    if patients is None or not np.size(patients):
        return np.arange(n, dtype=np.intp)
    labels = np.asarray(patients)
    if labels.shape != (n,):
        raise ValueError(f"patients: expected the shape ({n},), got {labels.shape}")
    return np.unique(labels, return_inverse=True)[1].astype(np.intp)


def group_members(strata: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Return the cases of each stratum."""
    return [np.flatnonzero(strata == number) for number in range(int(strata.max()) + 1)]
