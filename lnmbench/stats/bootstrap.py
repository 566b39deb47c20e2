"""Bootstrap confidence intervals of any metric, by resampling patients."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

# Up to this number of patients in all strata, the jackknife leaves them out one by one; with more,
# in this number of groups, but at least _FEWEST in a stratum.
_GROUPS, _FEWEST = 400, 40
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapInterval:
    """Metric of all cases and its interval at `level`.

    In `undefined` of the `resamples` the metric was not defined; they are left out.
    """

    estimate: float
    low: float
    high: float
    level: float
    resamples: int
    undefined: int


def bootstrap_interval(
    y: ArrayLike,
    p: ArrayLike,
    metric: Callable[[Any, Any], float],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    strata: ArrayLike | None = None,
) -> BootstrapInterval:
    """Return the bias-corrected and accelerated (BCa) bootstrap interval of a metric.

    The ends are the quantiles Φ(z0 + (z0 + z)/(1 − a(z0 + z))) of the resampled metric (Efron
    1987), z0 from the share of resamples below the estimate, a from the jackknife within strata
    (Davison & Hinkley 1997, 5.3.2), which leaves out one patient at a time, or random groups of
    them if there are more than 400. If all resamples are equal, the interval is the point; if the
    metric is not defined for all cases, it is NaN.

    Parameters
    ----------
    y
        Labels, (n, …).
    p
        Predictions, (n, …).
    metric
        Function `metric(y, p)` of such arrays; a `Weighted` one scores the resamples without a
        loop.
    level
        Coverage of the interval, between 0 and 1.
    resamples
        Number of resamples.
    seed
        Seed of the resamples; the same seed gives the same interval.
    strata
        Stratum of each patient, (n,): patients are drawn with replacement within it. By default the
        classes of `y`, or one stratum if `y` has no classes (not whole numbers, more than 20
        distinct ones, or more than one axis).

    Returns
    -------
    BootstrapInterval
        The metric of all cases and its interval.

    Raises
    ------
    ValueError
        For NaN, lengths that differ, and an impossible `level` or `resamples`.

    Examples
    --------
    >>> from lnmbench.stats.scoring_rules import brier
    >>> y, p = [0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.6, 0.4, 0.7, 0.9]
    >>> interval = bootstrap_interval(y, p, brier)
    >>> f"{interval.estimate:.3f} ({interval.low:.2f} to {interval.high:.2f})"
    '0.145 (0.04 to 0.30)'
    """
    truth, predicted = _finite(y, "labels"), _finite(p, "predictions")
    if len(truth) != len(predicted):
        raise ValueError(f"predictions: expected {len(truth)} cases, got {len(predicted)}")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: expected between 0 and 1, got {level}")
    if resamples < 1:
        raise ValueError(f"resamples: expected at least 1, got {resamples}")
    parts = _number_strata(truth, strata)
    members = _group_members(parts)
    estimate = float(metric(truth, predicted))
    low = high = math.nan
    undefined = resamples
    if not math.isnan(estimate):
        drawn = _values(metric, truth, predicted, _draw_resamples(parts.tobytes(), resamples, seed))
        groups = max(_FEWEST, _GROUPS // len(members))
        left_out = [
            _values(metric, truth, predicted, _leave_out(stratum, groups, len(truth), seed))
            for stratum in members
            if stratum.size > 1
        ]
        defined = drawn[~np.isnan(drawn)]
        undefined = resamples - defined.size
        low, high = bca(estimate, defined, left_out, level=level)
    return BootstrapInterval(
        estimate=estimate,
        low=low,
        high=high,
        level=level,
        resamples=resamples,
        undefined=undefined,
    )


def bca(
    estimate: float,
    resampled: NDArray[np.float64],
    left_out: list[NDArray[np.float64]],
    *,
    level: float,
) -> tuple[float, float]:
    """Return low and high of the BCa interval (Efron 1987); source as in `bootstrap_interval`.

    Parameters
    ----------
    estimate
        The metric of all cases.
    resampled
        The metric of each resample, (b,), without NaN.
    left_out
        For each stratum the metric without each of its patients, or groups of patients, (m,).
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        Low and high; NaN without a resampled value.
    """
    if not resampled.size:
        return math.nan, math.nan
    if np.ptp(resampled) <= 1e-12 * np.abs(resampled).max():
        return estimate, estimate
    below = np.mean(resampled < estimate) + np.mean(resampled == estimate) / 2.0
    # an estimate beyond all resamples has no z0; half a resample is the smallest share they resolve
    half = 0.5 / resampled.size
    z0, a = float(ndtri(np.clip(below, half, 1.0 - half))), _acceleration(left_out)
    z = float(ndtri((1.0 + level) / 2.0))
    ends = [_adjust_quantile(z0, side, a) for side in (-z, z)]
    low, high = np.quantile(resampled, ends)
    return float(low), float(high)


def _adjust_quantile(z0: float, z: float, acceleration: float) -> float:
    shrinks = 1.0 - acceleration * (z0 + z)
    if shrinks <= 0.0:  # beyond the pole: the end is that of the resamples
        return float(z > 0.0)
    return float(ndtr(z0 + (z0 + z) / shrinks))


def _acceleration(left_out: list[NDArray[np.float64]]) -> float:
    cubes = squares = 0.0
    for values in left_out:
        defined = values[~np.isnan(values)]
        if defined.size > 1:
            influence = (defined.mean() - defined) * (defined.size - 1) / defined.size
            cubes += float(np.sum(influence**3))
            squares += float(np.sum(influence**2))
    return cubes / (6.0 * squares**1.5) if squares > 0.0 else 0.0


def _values(
    metric: Callable[[Any, Any], float],
    truth: NDArray[Any],
    predicted: NDArray[Any],
    times: NDArray[np.integer[Any]],
) -> NDArray[np.float64]:
    """Return the metric, (b,), of cases that are repeated `times` (b, n)."""
    if isinstance(metric, Weighted):
        rows = max(1, _BATCH // times.shape[1])
        parts = [times[start : start + rows] for start in range(0, len(times), rows)]
        values = [metric.weighted(truth, predicted, part.astype(np.float64)) for part in parts]
        return np.concatenate(values)  # (b,)
    samples = (np.repeat(np.arange(len(truth)), row) for row in times)
    return np.array([float(metric(truth[cases], predicted[cases])) for cases in samples])


@lru_cache(maxsize=4)
def _draw_resamples(strata: bytes, resamples: int, seed: int) -> NDArray[np.uint16]:
    """Return how often each resample contains each case, (resamples, n).

    It is cached, because the metrics of one method share it.
    """
    labels = np.frombuffer(strata, dtype=np.intp)
    random = np.random.default_rng(seed)
    times = np.empty((resamples, labels.size), dtype=np.uint16)
    for cases in _group_members(labels):
        size = cases.size
        rows = max(1, _BATCH // size)
        for start in range(0, resamples, rows):
            count = min(rows, resamples - start)
            drawn = random.integers(0, size, (count, size))
            drawn += np.arange(count)[:, None] * size
            counts = np.bincount(drawn.ravel(), minlength=count * size)
            times[start : start + count, cases] = counts.reshape(count, size)
    return times


def _leave_out(members: NDArray[np.intp], groups: int, n: int, seed: int) -> NDArray[np.uint8]:
    """Return the weights (groups, n) without each case of a stratum, or each random group."""
    order = np.random.default_rng(seed).permutation(members)
    parts = np.array_split(order, min(groups, members.size))
    times = np.ones((len(parts), n), dtype=np.uint8)
    for row, part in enumerate(parts):
        times[row, part] = 0
    return times


def _number_strata(truth: NDArray[np.float64], strata: ArrayLike | None) -> NDArray[np.intp]:
    """Return the number of each case's stratum, (n,)."""
    if strata is not None:
        labels = np.asarray(strata)
        if labels.shape != (len(truth),):
            raise ValueError(f"strata: expected the shape ({len(truth)},), got {labels.shape}")
    else:
        labels = truth if _are_classes(truth) else np.zeros(len(truth))
    return np.unique(labels, return_inverse=True)[1].astype(np.intp)


def _group_members(strata: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [np.flatnonzero(strata == number) for number in range(int(strata.max()) + 1)]


def _are_classes(truth: NDArray[np.float64]) -> bool:
    whole = truth.ndim == 1 and bool(np.all(truth == np.floor(truth)))
    return whole and np.unique(truth).size <= _CLASSES


def _finite(values: ArrayLike, what: str) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or not len(array):
        raise ValueError(f"{what}: expected at least one case")
    if not np.isfinite(array).all():
        wrong = np.count_nonzero(~np.isfinite(array))
        raise ValueError(f"{what}: {wrong} of {array.size} values are NaN or infinite")
    return array
