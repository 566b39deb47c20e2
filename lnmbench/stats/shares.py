"""Shares of cases, averaged over repeats, with Wilson's interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import upper_probability
from lnmbench.stats.resampled import Interval
from lnmbench.stats.resampling import number_patients


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Share of cases, averaged over repeats, with its interval; NaN if no repeat defines it."""

    estimate: float
    interval: Interval


def mean_share(
    event: NDArray[np.bool_],
    member: NDArray[np.bool_],
    *,
    patients: ArrayLike | None = None,
    level: float = 0.95,
) -> Share:
    """Return the share of members with an event, averaged over repeats, with its interval.

    Repeats without a member are left out. The interval is Wilson's (1927) for an effective number
    of cases p (1 − p) / v (Korn & Graubard 1998, Survey Methodology 24), with v = Σ e², where e is
    the influence of a patient, mean over the repeats of Σ (event − share) / members. With one
    repeat and one case of each patient it is Wilson's interval. It treats thresholds and models as
    fixed. A share of 0 or 1 has v = 0; there the effective number is that of one repeat.

    Parameters
    ----------
    event
        Cases with the event in each repeat, (repeats, n).
    member
        Cases that count in each repeat, (repeats, n).
    patients
        Number of each case's patient, (n,); if it is empty or None, each case is a patient.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    Share
        The mean share and its interval.

    Examples
    --------
    >>> event = np.array([[True, True, False, False], [True, True, True, False]])
    >>> share = mean_share(event, np.ones((2, 4), dtype=bool))
    >>> f"{share.estimate:.3f} ({share.interval.low:.2f} to {share.interval.high:.2f})"
    '0.625 (0.26 to 0.89)'
    """
    upper_probability(level)  # refuses an impossible level
    members = member.sum(axis=1)
    defined = members > 0
    if not defined.any():
        undefined = Interval(low=math.nan, high=math.nan, level=level)
        return Share(estimate=math.nan, interval=undefined)
    event, member, members = event[defined], member[defined], members[defined, None]
    shares = (event & member).sum(axis=1, keepdims=True) / members
    estimate = float(shares.mean())
    influence = np.where(member, (event - shares) / members, 0.0).mean(axis=0)
    variance = float(np.sum(np.bincount(number_patients(patients, influence.size), influence) ** 2))
    total = float(members.mean())
    if 0.0 < estimate < 1.0:
        # no more than all calls: few cases may leave no variance by chance
        most = total * len(members)
        total = min(estimate * (1.0 - estimate) / variance, most) if variance > 0.0 else most
    low, high = wilson(np.array([estimate * total]), np.array([total]), level)[:, 0].tolist()
    return Share(estimate=estimate, interval=Interval(low=low, high=high, level=level))


def wilson(
    counts: NDArray[np.float64], totals: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Return Wilson's (1927) interval of shares.

    Parameters
    ----------
    counts, totals
        Counts and their totals, (m,) each; they need not be whole numbers.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    ndarray
        Low and high, (2, m).
    """
    from statsmodels.stats.proportion import proportion_confint

    alpha = 2.0 * (1.0 - upper_probability(level))
    bounds = proportion_confint(counts, totals, alpha=alpha, method="wilson")
    return np.asarray(bounds, dtype=np.float64)
