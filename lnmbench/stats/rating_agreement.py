"""Agreement of ratings and of probabilities: weighted kappa, rank correlation, mean difference."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.bootstrap import bootstrap_intervals
from lnmbench.stats.resampled import Interval

_Measure = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], float]


def quadratic_kappa(
    a: ArrayLike, b: ArrayLike, *, patients: ArrayLike | None = None, seed: int = 0
) -> tuple[float, Interval]:
    """Return Cohen's kappa with quadratic weights (Cohen 1968), with a 95 % BCa bootstrap interval.

    1 − mean((a − b)²) / mean((aᵢ − bⱼ)² over all pairs of cases i, j): the weight of a disagreement
    is the square of the difference of the ratings as numbers.

    Parameters
    ----------
    a, b
        Ratings of the same cases on one scale, (n,).
    patients
        Number of each case's patient, (n,), who is drawn with all cases; by default each case is a
        patient.
    seed
        Seed of the bootstrap.

    Returns
    -------
    float, Interval
        NaN if all ratings are equal.

    Examples
    --------
    >>> kappa, _ = quadratic_kappa([1, 2, 3, 5], [1, 3, 3, 4])
    >>> round(kappa, 3)
    0.852
    """
    return _estimate(_weighted_kappa, a, b, patients, seed)


def rank_correlation(
    a: ArrayLike, b: ArrayLike, *, patients: ArrayLike | None = None, seed: int = 0
) -> tuple[float, Interval]:
    """Return Spearman's rank correlation, as `quadratic_kappa`; NaN if one has equal values.

    Parameters
    ----------
    a, b, patients, seed
        As in `quadratic_kappa`; the scales may differ.
    """
    return _estimate(_spearman, a, b, patients, seed)


def mean_absolute_difference(
    a: ArrayLike, b: ArrayLike, *, patients: ArrayLike | None = None, seed: int = 0
) -> tuple[float, Interval]:
    """Return the mean of |a − b|, as `quadratic_kappa`.

    Parameters
    ----------
    a, b, patients, seed
        As in `quadratic_kappa`.
    """
    return _estimate(_mean_difference, a, b, patients, seed)


def _estimate(
    measure: _Measure, a: ArrayLike, b: ArrayLike, patients: ArrayLike | None, seed: int
) -> tuple[float, Interval]:
    first, second = (np.asarray(values, dtype=np.float64) for values in (a, b))
    if first.ndim != 1 or first.shape != second.shape or not np.isfinite([first, second]).all():
        raise ValueError(f"expected finite numbers (n,), got {first.shape} and {second.shape}")
    n = len(first)
    if n < 2:
        return math.nan, Interval(low=math.nan, high=math.nan)

    def statistic(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([[measure(first, second, row)] for row in weights])

    estimate = measure(first, second, np.ones(n))
    (interval,) = bootstrap_intervals(statistic, n, patients=patients, seed=seed)
    return estimate, interval


def _weighted_kappa(
    a: NDArray[np.float64], b: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    shares = weights / weights.sum()
    mean_a, mean_b = shares @ a, shares @ b
    spread = shares @ (a - mean_a) ** 2 + shares @ (b - mean_b) ** 2
    chance = spread + (mean_a - mean_b) ** 2
    return float(1.0 - shares @ (a - b) ** 2 / chance) if chance > 0.0 else math.nan


def _spearman(
    a: NDArray[np.float64], b: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    shares = weights / weights.sum()
    ranks = [_weighted_ranks(values, weights) for values in (a, b)]
    first, second = (each - shares @ each for each in ranks)
    spread = math.sqrt(float((shares @ first**2) * (shares @ second**2)))
    return float(shares @ (first * second)) / spread if spread > 0.0 else math.nan


def _weighted_ranks(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return mean ranks of cases that count as often as their weight."""
    _, group = np.unique(values, return_inverse=True)
    counts = np.bincount(group, weights)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - counts / 2.0)[group]
    return ranks


def _mean_difference(
    a: NDArray[np.float64], b: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    return float(weights @ np.abs(a - b) / weights.sum())
