"""Agreement of binary calls beyond chance: Cohen's and Fleiss' kappa."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.resampled import Interval

RESAMPLES = 2000
_BLOCK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Share of agreeing pairs of calls, and kappa with its interval.

    Kappa is NaN if all calls are equal: then chance agrees as well. If all calls of one of two
    readers are equal, it is 0 whatever the other one calls, without an interval.
    """

    observed: float
    kappa: float
    interval: Interval


def cohens_kappa(a: ArrayLike, b: ArrayLike) -> Agreement:
    """Return the agreement of two readers (Cohen 1960), with Fleiss' 95 % interval (1969).

    κ = (p_o − p_e) / (1 − p_e), with the agreement p_e that the readers' rates of positive calls
    yield by chance.

    Parameters
    ----------
    a, b
        Calls of both readers, bool (n,), of the same cases.

    Returns
    -------
    Agreement
        The agreement; the interval is truncated to −1 and 1.

    Raises
    ------
    ValueError
        For arrays that are not bool, are empty, or differ in length.

    Examples
    --------
    >>> agreement = cohens_kappa([True, True, False, False], [True, False, False, False])
    >>> agreement.observed, agreement.kappa
    (0.75, 0.5)
    """
    from statsmodels.stats.inter_rater import cohens_kappa as kappa_of_table

    calls = require_calls(np.stack([np.asarray(a), np.asarray(b)]))
    observed = float((calls[0] == calls[1]).mean())
    if (calls == calls[0, 0]).all():
        return _undefined(observed)
    if any((row == row[0]).all() for row in calls):
        return replace(_undefined(observed), kappa=0.0)
    table = [[int(np.sum((calls[0] == x) & (calls[1] == y))) for y in (0, 1)] for x in (0, 1)]
    result = kappa_of_table(table)
    low, high = np.clip((result.kappa_low, result.kappa_upp), -1.0, 1.0)
    return Agreement(
        observed=observed,
        kappa=float(result.kappa),
        interval=Interval(low=float(low), high=float(high)),
    )


def fleiss_kappa(
    calls: ArrayLike, *, patients: ArrayLike | None = None, seed: int = 0
) -> Agreement:
    """Return the agreement of several readers (Fleiss 1971), with a 95 % bootstrap interval.

    Parameters
    ----------
    calls
        Calls of each reader, bool (readers, n), of the same cases.
    patients
        Number of each case's patient, (n,), who is drawn with all cases; by default each case is a
        patient.
    seed
        Seed of the bootstrap.

    Returns
    -------
    Agreement
        The agreement, with the percentile interval of 2000 resamples.

    Raises
    ------
    ValueError
        For arrays that are not bool or are empty, and for fewer than two readers.

    Examples
    --------
    >>> agreement = fleiss_kappa([[True, True, False], [True, False, False], [True, True, False]])
    >>> round(agreement.observed, 3), round(agreement.kappa, 3)
    (0.778, 0.55)
    """
    votes = require_calls(calls)
    readers, n = votes.shape
    positive = votes.sum(axis=0).astype(np.float64)
    if positive.sum() in (0, readers * n):
        return _undefined(1.0)
    groups = np.arange(n) if patients is None else np.unique(patients, return_inverse=True)[1]
    count = int(groups.max()) + 1
    rng = np.random.default_rng(seed)
    observed, kappa = _measure(positive, readers, np.ones((1, n)))
    blocks = []
    for _ in range(0, RESAMPLES, _BLOCK):  # all weights at once would need much memory
        drawn = rng.multinomial(count, np.full(count, 1.0 / count), size=_BLOCK)[:, groups]
        blocks.append(_measure(positive, readers, drawn.astype(np.float64))[1])
    resampled = np.concatenate(blocks)
    defined = resampled[~np.isnan(resampled)]
    low, high = np.quantile(defined, (0.025, 0.975)) if defined.size else (math.nan, math.nan)
    return Agreement(
        observed=float(observed[0]),
        kappa=float(kappa[0]),
        interval=Interval(low=float(low), high=float(high)),
    )


def require_calls(calls: ArrayLike) -> NDArray[np.bool_]:
    """Return calls (readers, n); `ValueError` if they are not bool, empty, or of one reader."""
    votes = np.asarray(calls)
    if votes.dtype != np.bool_ or votes.ndim != 2 or votes.shape[0] < 2 or not votes.size:
        raise ValueError(f"calls: expected bool (readers, n), got {votes.dtype} {votes.shape}")
    return votes


def _measure(
    positive: NDArray[np.float64], readers: int, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the agreement of pairs and kappa for each row of weights of cases, (B, n)."""
    negative = readers - positive
    pairs = positive * (positive - 1) + negative * (negative - 1)
    total = weights.sum(axis=1)
    observed = (weights @ pairs) / (total * readers * (readers - 1))
    rate = (weights @ positive) / (total * readers)
    chance = rate**2 + (1.0 - rate) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa = np.where(chance < 1.0, (observed - chance) / (1.0 - chance), np.nan)
    return observed, kappa


def _undefined(observed: float) -> Agreement:
    return Agreement(
        observed=observed, kappa=math.nan, interval=Interval(low=math.nan, high=math.nan)
    )
