"""Bootstrap confidence intervals by resampling patients.

A case is tested once in each repeat, so the repeats are no further patients. A resample gives each
case one weight, with which the statistic is computed in every repeat and then averaged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.resampled import Interval
from lnmbench.stats.resampling import (
    Statistic,
    draw_resamples,
    group_members,
    leave_out,
    number_patients,
    score_resamples,
)

# Up to this number of patients in all strata, the jackknife leaves them out one by one; with more,
# in this number of groups, but at least _FEWEST in a stratum.
_GROUPS, _FEWEST = 400, 40
# Relative difference below which a resample equals the estimate: rounding of sums.
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """Statistics of all cases (q,), of each resample (b, q), and without patients.

    `left_out` has for each stratum the statistics without each of its patients, or groups of them,
    (m, q).
    """

    estimate: NDArray[np.float64]
    drawn: NDArray[np.float64]
    left_out: list[NDArray[np.float64]]


def bootstrap_intervals(
    statistic: Statistic,
    n: int,
    *,
    patients: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> list[Interval]:
    """Return the bias-corrected and accelerated (BCa) bootstrap intervals of q statistics.

    The ends are the quantiles Φ(z0 + (z0 + z)/(1 − a(z0 + z))) of the resampled statistic, z0 from
    the share of resamples below the estimate, a from the jackknife within strata (Efron 1987;
    Davison & Hinkley 1997, 5.3.2), which leaves out one patient at a time, or random groups of
    them if there are more than 400. Resamples without a finite statistic are left out. If all are
    equal, the interval is the point; if the statistic of all cases is not finite, it is NaN.

    Parameters
    ----------
    statistic
        Function of weights (b, n) of the cases that returns (b, q), NaN where it is undefined.
    n
        Number of cases.
    patients
        Number of each case's patient, (n,): patients are drawn with replacement, with all of their
        cases. If it is empty or None, each case is a patient.
    strata
        Labels of 0 and 1, (n,): patients with and without a case of label 1 are drawn separately,
        so that the numbers of both do not vary. By default, all are drawn together.
    level
        Coverage of the intervals, between 0 and 1.
    resamples
        Number of resamples.
    seed
        Seed of the resamples; the same seed gives the same intervals.

    Returns
    -------
    list of Interval
        The interval of each of the q statistics.

    Raises
    ------
    ValueError
        For a number of patients other than `n`, and for an impossible `level` or `resamples`.

    Examples
    --------
    >>> errors = np.array([0.01, 0.04, 0.36, 0.36, 0.09, 0.01])
    >>> (interval,) = bootstrap_intervals(lambda w: w @ errors[:, None] / w.sum(1)[:, None], 6)
    >>> f"{interval.low:.2f} to {interval.high:.2f}"
    '0.04 to 0.30'
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: expected between 0 and 1, got {level}")
    values = resample(
        statistic, n, patients=patients, strata=strata, resamples=resamples, seed=seed
    )
    intervals = []
    for column, estimate in enumerate(values.estimate.tolist()):
        drawn = _finite(values.drawn[:, column])
        left_out = [_finite(stratum[:, column]) for stratum in values.left_out]
        low, high = bca(estimate, drawn, left_out, level=level)
        intervals.append(Interval(low=low, high=high, level=level))
    return intervals


def resample(
    statistic: Statistic,
    n: int,
    *,
    patients: ArrayLike | None,
    strata: ArrayLike | None = None,
    resamples: int,
    seed: int,
) -> Resampled:
    """Return a statistic of all cases, of resamples of the patients, and without each patient.

    Parameters
    ----------
    statistic, n, patients, strata, resamples, seed
        As in `bootstrap_intervals`.

    Returns
    -------
    Resampled
        The statistics.

    Raises
    ------
    ValueError
        As `bootstrap_intervals`.
    """
    times = draw_patients(n, patients=patients, strata=strata, resamples=resamples, seed=seed)
    patient, stratum = _number_strata(n, patients, strata)
    members = group_members(stratum)
    groups = max(_FEWEST, _GROUPS // len(members))
    without = [leave_out(patients, groups, stratum.size, seed) for patients in members]
    return Resampled(
        estimate=statistic(np.ones((1, n)))[0],
        drawn=score_resamples(statistic, times),
        left_out=[score_resamples(statistic, rows[:, patient]) for rows in without],
    )


def draw_patients(
    n: int,
    *,
    patients: ArrayLike | None,
    strata: ArrayLike | None = None,
    resamples: int,
    seed: int,
) -> NDArray[np.uint16]:
    """Return how often each resample of the patients contains each case, (resamples, n).

    Parameters
    ----------
    n, patients, strata, resamples, seed
        As in `bootstrap_intervals`.

    Raises
    ------
    ValueError
        As `bootstrap_intervals`.
    """
    if resamples < 1:
        raise ValueError(f"resamples: expected at least 1, got {resamples}")
    patient, stratum = _number_strata(n, patients, strata)
    return draw_resamples(stratum.tobytes(), resamples, seed)[:, patient]


def _number_strata(
    n: int, patients: ArrayLike | None, strata: ArrayLike | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the patient of each case, (n,), and the stratum of each patient."""
    patient = number_patients(patients, n)
    stratum = np.zeros(int(patient.max()) + 1, dtype=np.intp)
    if strata is not None:
        np.maximum.at(stratum, patient, np.asarray(strata, dtype=np.intp))
        if stratum.all():  # each patient has a case of label 1
            stratum[:] = 0
    return patient, stratum


def bca(
    estimate: float,
    resampled: NDArray[np.float64],
    left_out: list[NDArray[np.float64]],
    *,
    level: float,
) -> tuple[float, float]:
    """Return low and high of the BCa interval (Efron 1987); source as in `bootstrap_intervals`.

    Parameters
    ----------
    estimate
        The statistic of all cases.
    resampled
        The statistic of each resample, (b,), without NaN.
    left_out
        For each stratum the statistic without each of its patients, or groups of them, (m,),
        without NaN.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        Low and high; NaN without a resampled value, and if the estimate is not finite.
    """
    if not (resampled.size and math.isfinite(estimate)):
        return math.nan, math.nan
    if np.ptp(resampled) <= 1e-12 * np.abs(resampled).max():
        return estimate, estimate
    change = resampled - estimate
    equal = np.abs(change) <= _ROUNDING * max(abs(estimate), float(np.abs(change).max()))
    below = np.mean((change < 0.0) & ~equal) + np.mean(equal) / 2.0
    # an estimate beyond all resamples has no z0; half a resample is the smallest share they resolve
    half = 0.5 / resampled.size
    z0, a = float(scipy.special.ndtri(np.clip(below, half, 1.0 - half))), _acceleration(left_out)
    z = float(scipy.special.ndtri((1.0 + level) / 2.0))
    ends = [_adjust_quantile(z0, side, a) for side in (-z, z)]
    low, high = np.quantile(resampled, ends)
    return float(low), float(high)


def _adjust_quantile(z0: float, z: float, acceleration: float) -> float:
    shrinks = 1.0 - acceleration * (z0 + z)
    if shrinks <= 0.0:  # beyond the pole: the end is that of the resamples
        return float(z > 0.0)
    return float(scipy.special.ndtr(z0 + (z0 + z) / shrinks))


def _acceleration(left_out: list[NDArray[np.float64]]) -> float:
    cubes = squares = 0.0
    for values in left_out:
        if values.size > 1:
            influence = (values.mean() - values) * (values.size - 1) / values.size
            cubes += float(np.sum(influence**3))
            squares += float(np.sum(influence**2))
    return cubes / (6.0 * squares**1.5) if squares > 0.0 else 0.0


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[np.isfinite(values)]
