"""DeLong's test: areas under ROC curves of the same cases, with the case as the unit.

An AUC is a mean over pairs. The placement of a positive case, V10, is the share of negative cases
that score lower, ties half; of a negative case, V01, the share of positive cases that score
higher. Their spread gives the variance of the AUC and, from the same cases, of a difference
(DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44). With repeated cross-validation, placements
are averaged over the repeats: their mean is the mean of the AUCs of the repeats, and their spread
is that of the cases, whose placements in several repeats are not independent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import (
    mean,
    require_scores,
    require_two_classes,
    spread,
    upper_probability,
)
from lnmbench.stats.resampled import Interval

ROUNDING = 1e-12  # two orders of summation may move an equal placement by this much


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Placements of one method: `v10` (m,) of the positive, `v01` (n,) of the negative cases."""

    v10: NDArray[np.float64]
    v01: NDArray[np.float64]

    @property
    def auc(self) -> float:
        """The mean placement of the positive cases."""
        return mean(self.v10)

    @property
    def variance(self) -> float:
        """DeLong's variance of the AUC, var(V10)/m + var(V01)/n with ddof 1."""
        return spread(self.v10) ** 2 / self.v10.size + spread(self.v01) ** 2 / self.v01.size


@dataclass(frozen=True, slots=True, kw_only=True)
class AucTest:
    """Z-test of `estimate` = AUC_b − AUC_a against zero: interval, z, two-sided p."""

    auc_a: float
    auc_b: float
    estimate: float
    interval: Interval
    statistic: float
    pvalue: float


def delong_test(y: ArrayLike, a: ArrayLike, b: ArrayLike, *, level: float = 0.95) -> AucTest:
    """Test the difference between the AUCs of two scores of the same cases.

    z = (AUC_b − AUC_a) / √(v_A + v_B − 2·cov), which is the mean of ΔV10 = V10_b − V10_a over the
    root of var(ΔV10)/m + var(ΔV01)/n (DeLong, DeLong & Clarke-Pearson 1988), in the fast form of
    Sun & Xu (2014, IEEE Signal Processing Letters 21). If no case's placement differs, z = 0 and
    p = 1; if all differ by the same, the variance is zero, z is infinite and p = 0, as in R's
    pROC.

    The scores are treated as fixed: the variance ignores that they come from models fitted to
    other folds of the same cohort. The interval is not truncated to ±1. Of several repeats, an AUC
    is the mean over the repeats.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    a, b
        Scores of each case by each method, (n,) or (repeats, n), higher for positive cases.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    AucTest
        The two AUCs, the test of their difference b − a, and its interval.

    Raises
    ------
    ValueError
        For fewer than two cases of a class, NaN, or lengths that differ.

    Examples
    --------
    >>> y, a = [0, 0, 0, 1, 1, 1], [0.1, 0.4, 0.3, 0.2, 0.5, 0.6]
    >>> test = delong_test(y, a, [0.1, 0.2, 0.3, 0.5, 0.4, 0.6])
    >>> f"{test.auc_a:.3f} {test.auc_b:.3f} {test.statistic:.3f} {test.pvalue:.3f}"
    '0.778 1.000 0.894 0.371'
    """
    return compare_components(
        delong_components(y, a, what="scores a"),
        delong_components(y, b, what="scores b"),
        level=level,
    )


def delong_interval(
    y: ArrayLike,
    score: ArrayLike,
    level: float = 0.95,
    *,
    scale: Literal["logit", "plain"] = "logit",
) -> Interval:
    """Return the confidence interval of one AUC by DeLong's variance v.

    On the logit scale: logit AUC ± z · √v / (AUC · (1 − AUC)), transformed back, which stays
    within 0 and 1 and near them keeps its level better than the plain one (Pepe 2003, section 5.2;
    Qin & Hotilovac 2008). An AUC of 0 or 1 has v = 0 and no logit: there the other bound is that
    of Newcombe's method 5 (2006, Statistics in Medicine 25, 559), so that perfect scores of few
    cases do not look certain. Raises `ValueError` as `delong_test` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,) or (repeats, n), higher for positive cases.
    level
        Coverage of the interval, between 0 and 1.
    scale
        `logit`, or `plain` for AUC ± z · √v truncated to [0, 1], the default of R's pROC.

    Returns
    -------
    Interval
        The confidence interval.

    Examples
    --------
    >>> interval = delong_interval([0, 0, 0, 1, 1, 1], [0.1, 0.4, 0.3, 0.2, 0.5, 0.6])
    >>> f"{interval.low:.3f} to {interval.high:.3f}"
    '0.173 to 0.983'
    """
    return components_interval(delong_components(y, score), level=level, scale=scale)


def delong_components(y: ArrayLike, score: ArrayLike, *, what: str = "scores") -> Components:
    """Return the placements of one score, averaged over repeats, which many comparisons can share.

    By midranks: V10 = (rank among all − rank among the positive) / n, V01 = 1 − (rank among all −
    rank among the negative) / m (Sun & Xu 2014). Raises `ValueError` as `delong_test` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    score
        Scores, (n,) or (repeats, n), higher for positive cases.
    what
        Noun for the scores in error messages.

    Returns
    -------
    Components
        Placements of the positive (m,) and of the negative cases (n,).

    Examples
    --------
    >>> delong_components([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8]).v10.tolist()
    [0.75, 1.0]
    >>> delong_components([0, 0, 1, 1], [[0.1, 0.4, 0.4, 0.8], [0.3, 0.4, 0.2, 0.8]]).v10.tolist()
    [0.375, 1.0]
    """

    labels = require_two_classes(y)
    repeats = np.atleast_2d(np.asarray(score, dtype=np.float64))
    scores = np.stack([require_scores(repeat, labels, what) for repeat in repeats])
    positive = labels == 1.0
    ranks = scipy.stats.rankdata(scores, axis=1)
    above = ranks[:, positive] - scipy.stats.rankdata(scores[:, positive], axis=1)  # (repeats, m)
    below = ranks[:, ~positive] - scipy.stats.rankdata(scores[:, ~positive], axis=1)  # (repeats, n)
    m, n = above.shape[1], below.shape[1]
    return components(v10=above.mean(axis=0) / n, v01=(m - below.mean(axis=0)) / m)


def components(*, v10: NDArray[np.float64], v01: NDArray[np.float64]) -> Components:
    """Return the placements of both classes as a record.

    Parameters
    ----------
    v10
        Placements of the positive cases, (m,).
    v01
        Placements of the negative cases, (n,).

    Returns
    -------
    Components
        The record.

    Raises
    ------
    ValueError
        For fewer than two cases of a class, which have no variance.
    """
    if min(v10.size, v01.size) < 2:
        raise ValueError(
            f"labels: expected at least 2 of each class, got {v10.size} of 1 and {v01.size} of 0"
        )
    return Components(v10=v10, v01=v01)


def compare_components(a: Components, b: Components, *, level: float = 0.95) -> AucTest:
    """Test the difference between two methods as `delong_test`, by their placements.

    Parameters
    ----------
    a, b
        Placements of the same cases in the same order by each method.
    level
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    AucTest
        The two AUCs, the test of their difference b − a, and its interval.

    Raises
    ------
    ValueError
        If the numbers of cases differ.
    """
    if (a.v10.size, a.v01.size) != (b.v10.size, b.v01.size):
        raise ValueError("components: a and b are of different cases")
    change = Components(v10=_change(a.v10, b.v10), v01=_change(a.v01, b.v01))
    estimate, error = change.auc, math.sqrt(change.variance)
    half = float(scipy.special.ndtri(upper_probability(level))) * error
    if error > 0.0:
        statistic = estimate / error
    else:
        statistic = math.copysign(math.inf, estimate) if estimate else 0.0
    return AucTest(
        auc_a=a.auc,
        auc_b=b.auc,
        estimate=estimate,
        interval=Interval(low=estimate - half, high=estimate + half, level=level),
        statistic=statistic,
        pvalue=2.0 * float(scipy.special.ndtr(-abs(statistic))),
    )


def correlate_components(a: Components, b: Components) -> float:
    """Return the correlation of two methods' AUCs by their placements of the same cases.

    ρ = 1 − var(AUC_b − AUC_a) / (var AUC_a + var AUC_b), which is Pearson's correlation where both
    variances are equal; 1 if no placement differs.

    Parameters
    ----------
    a, b
        Placements of the same cases in the same order by each method.
    """
    change = Components(v10=_change(a.v10, b.v10), v01=_change(a.v01, b.v01))
    total = a.variance + b.variance
    return 1.0 - change.variance / total if total > 0.0 else 1.0


def components_interval(
    placed: Components, *, level: float = 0.95, scale: Literal["logit", "plain"] = "logit"
) -> Interval:
    """Return the confidence interval of one AUC as `delong_interval`, by its placements.

    Parameters
    ----------
    placed
        Placements of the positive and of the negative cases.
    level
        Coverage of the interval, between 0 and 1.
    scale
        `logit` or `plain`, as in `delong_interval`.

    Returns
    -------
    Interval
        The confidence interval.
    """
    auc, error = placed.auc, math.sqrt(placed.variance)
    z = float(scipy.special.ndtri(upper_probability(level)))
    if scale == "plain":
        low, high = max(0.0, auc - z * error), min(1.0, auc + z * error)
    elif 0.0 < auc < 1.0:
        half = z * error / (auc * (1.0 - auc))
        center = scipy.special.logit(auc)
        low, high = (float(scipy.special.expit(center + side)) for side in (-half, half))
    else:
        bound = _newcombe(placed.v10.size, placed.v01.size, z)
        low, high = (bound, 1.0) if auc == 1.0 else (0.0, 1.0 - bound)
    return Interval(low=low, high=high, level=level)


def _change(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    d = b - a
    return np.where(np.abs(d) <= ROUNDING, 0.0, d)


def _newcombe(m: int, n: int, z: float) -> float:
    """Return the lower bound of an AUC of 1: the root of (1 − θ)² = z² · V(θ)."""

    star = (m + n) / 2.0 - 1.0

    def excess(theta: float) -> float:
        inner = 1.0 + star * ((1.0 - theta) / (2.0 - theta) + theta / (1.0 + theta))
        return (1.0 - theta) - z**2 * theta * inner / (m * n)

    return float(scipy.optimize.brentq(excess, 0.0, 1.0))
