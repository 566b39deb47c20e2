"""Bootstrap confidence intervals of any metric, by resampling patients."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from lnmbench.stats.resampling import (
    draw_resamples,
    group_members,
    leave_out,
    number_strata,
    score_resamples,
)

# Up to this number of patients in all strata, the jackknife leaves them out one by one; with more,
# in this number of groups, but at least _FEWEST in a stratum.
_GROUPS, _FEWEST = 400, 40


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
    parts = number_strata(truth, strata)
    members = group_members(parts)
    estimate = float(metric(truth, predicted))
    low = high = math.nan
    undefined = resamples
    if not math.isnan(estimate):
        drawn = score_resamples(
            metric, truth, predicted, draw_resamples(parts.tobytes(), resamples, seed)
        )
        groups = max(_FEWEST, _GROUPS // len(members))
        left_out = [
            score_resamples(metric, truth, predicted, leave_out(stratum, groups, len(truth), seed))
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


def _finite(values: ArrayLike, what: str) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or not len(array):
        raise ValueError(f"{what}: expected at least one case")
    if not np.isfinite(array).all():
        wrong = np.count_nonzero(~np.isfinite(array))
        raise ValueError(f"{what}: {wrong} of {array.size} values are NaN or infinite")
    return array
