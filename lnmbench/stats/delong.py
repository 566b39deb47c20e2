"""Areas under ROC curves of the same cases, compared with the patient as the unit.

An AUC is a mean over pairs. The placement of a positive case, V10, is the share of negative cases
that score lower, ties half; of a negative case, V01, the share of positive cases that score
higher. Their spread gives the variance of the AUC and, from the same cases, of a difference
(DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtr, ndtri

from lnmbench.stats.arrays import mean, scores_of, spread, two_classes, upper
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
    """A z-test of `estimate` = AUC_b − AUC_a against zero: interval, z, two-sided p."""

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
    Sun & Xu (2014, IEEE Signal Processing Letters 21). Where no case's placement differs z = 0
    and p = 1; where all differ by the same, the variance is zero, z is infinite and p = 0, as in
    R's pROC.

    The scores are taken as given: that they come from models fitted to other folds of the same
    cohort does not enter. The interval is not cut at ±1. `y` is (n,) of 0 and 1; `a` and `b` are
    (n,), higher for positive cases. Raises `ValueError` for fewer than two cases of a class, NaN,
    or shapes that differ.

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

    On the logit scale, the default: logit AUC ± z · √v / (AUC · (1 − AUC)), taken back, which
    stays within 0 and 1 and near them keeps its level better than the plain one (Pepe 2003,
    section 5.2; Qin & Hotilovac 2008). `plain`: AUC ± z · √v, cut at 0 and 1, the default of R's
    pROC. An AUC of 0 or 1 has v = 0 and no logit: there, on the logit scale, the other bound is
    that of Newcombe's method 5 (2006, Statistics in Medicine 25, 559), so that perfect scores of
    few cases do not look certain.

    Input and errors as in `delong_test`.

    Examples
    --------
    >>> interval = delong_interval([0, 0, 0, 1, 1, 1], [0.1, 0.4, 0.3, 0.2, 0.5, 0.6])
    >>> f"{interval.low:.3f} to {interval.high:.3f}"
    '0.173 to 0.983'
    """
    return components_interval(delong_components(y, score), level=level, scale=scale)


def delong_components(y: ArrayLike, score: ArrayLike, *, what: str = "scores") -> Components:
    """Return the placements of one score, so that many comparisons can share the work.

    By midranks: V10 = (rank among all − rank among the positive) / n, V01 = 1 − (rank among all −
    rank among the negative) / m (Sun & Xu 2014). Input and errors as in `delong_test`; `what`
    names the scores in them.

    Examples
    --------
    >>> delong_components([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8]).v10.tolist()
    [0.75, 1.0]
    """
    from scipy.stats import rankdata

    labels = two_classes(y)
    scores = scores_of(score, labels, what)
    positive = labels == 1.0
    ranks = rankdata(scores)
    above = ranks[positive] - rankdata(scores[positive])
    below = ranks[~positive] - rankdata(scores[~positive])
    return components(v10=above / below.size, v01=(above.size - below) / above.size)


def components(*, v10: NDArray[np.float64], v01: NDArray[np.float64]) -> Components:
    """Return placements as a record.

    Raises `ValueError` for fewer than two cases of a class, which have no variance.
    """
    if min(v10.size, v01.size) < 2:
        raise ValueError(
            f"labels: expected at least 2 of each class, got {v10.size} of 1 and {v01.size} of 0"
        )
    return Components(v10=v10, v01=v01)


def compare_components(a: Components, b: Components, *, level: float = 0.95) -> AucTest:
    """Test the difference between two methods by the placements of the same cases.

    As `delong_test`. The cases stand in the same order in `a` and `b`; raises `ValueError` where
    their numbers differ.
    """
    if (a.v10.size, a.v01.size) != (b.v10.size, b.v01.size):
        raise ValueError("components: a and b are of different cases")
    change = Components(v10=_change(a.v10, b.v10), v01=_change(a.v01, b.v01))
    estimate, error = change.auc, math.sqrt(change.variance)
    half = float(ndtri(upper(level))) * error
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
        pvalue=2.0 * float(ndtr(-abs(statistic))),
    )


def components_interval(
    of: Components, *, level: float = 0.95, scale: Literal["logit", "plain"] = "logit"
) -> Interval:
    """Return the confidence interval of one AUC from its placements, as `delong_interval`."""
    auc, error, z = of.auc, math.sqrt(of.variance), float(ndtri(upper(level)))
    if scale == "plain":
        low, high = max(0.0, auc - z * error), min(1.0, auc + z * error)
    elif 0.0 < auc < 1.0:
        half = z * error / (auc * (1.0 - auc))
        low, high = (float(expit(logit(auc) + side)) for side in (-half, half))
    else:
        bound = _newcombe(of.v10.size, of.v01.size, z)
        low, high = (bound, 1.0) if auc == 1.0 else (0.0, 1.0 - bound)
    return Interval(low=low, high=high, level=level)


def _change(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    d = b - a
    return np.where(np.abs(d) <= ROUNDING, 0.0, d)


def _newcombe(m: int, n: int, z: float) -> float:
    """Return the lower bound of an AUC of 1: the root of (1 − θ)² = z² · V(θ)."""
    from scipy.optimize import brentq

    star = (m + n) / 2.0 - 1.0

    def excess(theta: float) -> float:
        inner = 1.0 + star * ((1.0 - theta) / (2.0 - theta) + theta / (1.0 + theta))
        return (1.0 - theta) - z**2 * theta * inner / (m * n)

    return float(brentq(excess, 0.0, 1.0))
