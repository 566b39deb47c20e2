"""Methods compared across cohorts, by their ranks in each.

The cohorts are independent of each other, which the folds of one cohort are not; so tests that
are not offered on folds are right here (Demšar 2006, Journal of Machine Learning Research 7). A
table is (cohorts, methods), higher is better; rank 1 is the best and ties share their mean rank.

If the methods do not differ, every order of a cohort's ranks is as likely as any other. Of few
cohorts these orders are counted: the limits, χ² and the normal, are far from them then (Eisinga,
Heskes, Pelzer & Te Grotenhuis 2017, BMC Bioinformatics 18).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc, ndtr

from lnmbench.stats.multiplicity import holm

FEW = 10
"""Cohorts up to which orders of ranks are counted, or drawn; for more the limits are taken."""
ORDERS = 1_000_000
"""Orders that are counted at the most."""
DRAWS = 100_000

Source = Literal["counted", "drawn", "limit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPair:
    """Two methods, by their columns in the table: positive where `b` ranks better than `a`.

    `rank_difference` is R_a − R_b in average ranks; `pvalue` is of this pair alone, `holm`
    adjusted over all pairs of the table.
    """

    a: int
    b: int
    rank_difference: float
    statistic: float
    pvalue: float
    holm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImanDavenport:
    """Iman & Davenport's F of Friedman's χ², infinite where all cohorts agree."""

    statistic: float
    df_between: int
    df_within: int
    pvalue: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AcrossCohorts:
    """Whether any of the methods differ across cohorts, and which pairs do.

    `test` names what `statistic` and `pvalue` are of: Friedman's χ² with `df`, or, for two
    methods, Wilcoxon's smaller rank sum, which has none. `source` says whether `pvalue` comes from
    all orders of the ranks, from orders drawn at random, or from the limit for many cohorts;
    `pairs_source` says it of the pairs. `average_ranks` is (methods,).
    """

    test: Literal["Friedman", "Wilcoxon signed ranks"]
    statistic: float
    df: int | None
    pvalue: float
    source: Source
    pairs_source: Source
    iman_davenport: ImanDavenport | None
    cohorts: int
    average_ranks: NDArray[np.float64]
    pairs: tuple[RankedPair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalDifference:
    """How far average ranks must lie apart, and which methods do not.

    `order` holds the methods' columns, best first. Each of `groups` holds columns, best first,
    whose average ranks lie less than `critical` apart; a group is never part of another, and a
    method told apart from all others is in none.
    """

    critical: float
    quantile: float
    alpha: float
    average_ranks: NDArray[np.float64]
    order: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]


def friedman_holm(table: ArrayLike) -> AcrossCohorts:
    """Test whether methods differ across cohorts, and all pairs of methods with Holm.

    For N cohorts and k ≥ 3 methods: Friedman's χ² = 12N / (k(k+1)) · Σ (R_j − (k+1)/2)² with
    k − 1 degrees of freedom, corrected for ties (Friedman 1937). Up to `FEW` cohorts its p value is
    the share of orders of the ranks within cohorts with no less: of all of them, (k!)^(N−1), where
    these are no more than `ORDERS`, else of `DRAWS` drawn ones, the observed among them; the same
    table gives the same p. Of more cohorts it is χ²'s own. Beside it Iman & Davenport's
    F = (N−1)χ² / (N(k−1) − χ²) (1980), which is infinite where few cohorts agree by chance.

    Pairs: z = (R_a − R_b) / √(k(k+1) / 6N) (García & Herrera 2008, Journal of Machine Learning
    Research 9); up to `FEW` cohorts p is the share of orders with no smaller a difference, always
    counted (Eisinga et al. 2017), of more it is that of z. Holm over all pairs.

    For two methods, as Demšar recommends, Wilcoxon's signed ranks over the cohorts' differences,
    zeros split evenly; exact up to 13 cohorts, and up to 50 without ties and zeros, else by the
    normal; the one pair has its p value and no z (NaN). `least_pvalues` says how small p can be.

    `table` is (cohorts, methods). Raises `ValueError` for fewer than two of either, and for NaN.

    Examples
    --------
    >>> across = friedman_holm([[0.71, 0.74, 0.78], [0.66, 0.65, 0.70], [0.80, 0.82, 0.85],
    ...                         [0.61, 0.66, 0.69]])
    >>> f"{across.statistic:.2f} {across.pvalue:.3f} {across.average_ranks.round(2).tolist()}"
    '6.50 0.042 [2.75, 2.25, 1.0]'
    >>> [round(pair.holm, 3) for pair in across.pairs]
    [0.613, 0.042, 0.225]
    """
    scores = _table(table)
    if scores.shape[1] == 2:
        return _two_methods(scores)
    statistic, limit = _friedman(scores)
    cohorts, methods = scores.shape
    average = _average_ranks(scores)
    pvalue, source = _of_orders(scores) if cohorts <= FEW else (limit, "limit")
    return AcrossCohorts(
        test="Friedman",
        statistic=statistic,
        df=methods - 1,
        pvalue=pvalue,
        source=source,
        pairs_source="counted" if cohorts <= FEW else "limit",
        iman_davenport=_iman_davenport(statistic, cohorts, methods),
        cohorts=cohorts,
        average_ranks=average,
        pairs=_pairs(scores),
    )


def least_pvalues(cohorts: int, methods: int) -> tuple[float, float]:
    """Return the least p values that `friedman_holm` can find: of all methods, and of a pair.

    They are those of cohorts that all rank the methods alike, without ties: (k!)^(1−N), and
    2 / (k(k−1))^N before Holm; for two methods both are 2^(1−N).

    Examples
    --------
    >>> [round(p, 4) for p in least_pvalues(3, 3)], least_pvalues(4, 2)
    ([0.0278, 0.0093], (0.125, 0.125))
    """
    overall = float(math.factorial(methods)) ** (1 - cohorts)
    return overall, 2.0 * float(methods * (methods - 1)) ** -cohorts


def critical_difference(table: ArrayLike, alpha: float = 0.05) -> CriticalDifference:
    """Return Nemenyi's critical difference of average ranks and the groups not told apart.

    CD = q_{α,k} · √(k(k+1) / 6N), with q the quantile of the studentized range for k groups and
    infinite degrees of freedom over √2 (Nemenyi 1963; Demšar 2006, section 3.2.2). It compares
    all pairs at once and finds less than `friedman_holm`.

    `table` is (cohorts, methods). Raises `ValueError` as `friedman_holm` does, and for an α that
    does not lie between 0 and 1.

    Examples
    --------
    >>> drawn = critical_difference([[0.71, 0.74, 0.78], [0.66, 0.65, 0.70], [0.80, 0.82, 0.85],
    ...                              [0.61, 0.66, 0.69]])
    >>> round(drawn.critical, 3), drawn.order, drawn.groups
    (1.657, (2, 1, 0), ((2, 1), (1, 0)))
    """
    from scipy.stats import studentized_range

    if not 0.0 < alpha < 1.0:
        raise ValueError(f"alpha: expected between 0 and 1, got {alpha}")
    scores = _table(table)
    cohorts, methods = scores.shape
    quantile = float(studentized_range.ppf(1.0 - alpha, methods, np.inf)) / math.sqrt(2.0)
    critical = quantile * _rank_error(cohorts, methods)
    average = _average_ranks(scores)
    order = tuple(int(column) for column in np.argsort(average, kind="stable"))
    return CriticalDifference(
        critical=critical,
        quantile=quantile,
        alpha=alpha,
        average_ranks=average,
        order=order,
        groups=_groups(average, order, critical),
    )


def _table(table: ArrayLike) -> NDArray[np.float64]:
    scores = np.asarray(table, dtype=np.float64)
    if scores.ndim != 2 or min(scores.shape) < 2:
        raise ValueError(
            f"table: expected at least 2 cohorts (rows) and 2 methods (columns), got {scores.shape}"
        )
    wrong = np.count_nonzero(~np.isfinite(scores))
    if wrong:
        raise ValueError(f"table: {wrong} of {scores.size} values are NaN or infinite")
    return scores


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.stats import rankdata

    return np.asarray(rankdata(-scores, axis=1), dtype=np.float64)


def _average_ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    average: NDArray[np.float64] = _ranks(scores).mean(axis=0)
    return average


def _rank_error(cohorts: int, methods: int) -> float:
    return math.sqrt(methods * (methods + 1) / (6.0 * cohorts))


def _friedman(scores: NDArray[np.float64]) -> tuple[float, float]:
    from scipy.stats import friedmanchisquare

    if (scores == scores[:, :1]).all():  # nothing but ties, for which the correction divides by 0
        return 0.0, 1.0
    found = friedmanchisquare(*scores.T)
    return float(found.statistic), float(found.pvalue)


def _iman_davenport(chi_square: float, cohorts: int, methods: int) -> ImanDavenport:
    between, within = methods - 1, (methods - 1) * (cohorts - 1)
    rest = cohorts * between - chi_square
    agree = rest <= 1e-9 * cohorts * between
    statistic = math.inf if agree else (cohorts - 1) * chi_square / rest
    return ImanDavenport(
        statistic=statistic,
        df_between=between,
        df_within=within,
        pvalue=0.0 if agree else float(fdtrc(between, within, statistic)),
    )


def _of_orders(scores: NDArray[np.float64]) -> tuple[float, Source]:
    """The p value of Friedman's statistic, which grows with the squares of the rank sums."""
    doubled = np.rint(2.0 * _ranks(scores)).astype(np.int64)  # whole numbers: ties are exact
    observed = _squares(doubled.sum(axis=0, keepdims=True))[0]
    counted = _all_sums(doubled)
    if counted is not None:
        sums, times = counted
        return float(times[_squares(sums) >= observed].sum() / times.sum()), "counted"
    rng = np.random.default_rng(0)
    total = np.zeros((DRAWS, doubled.shape[1]), dtype=np.int64)
    for row in doubled:
        total += rng.permuted(np.broadcast_to(row, total.shape), axis=1)
    hits = int(np.count_nonzero(_squares(total) >= observed))
    return (hits + 1) / (DRAWS + 1), "drawn"


def _squares(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    squares: NDArray[np.int64] = np.square(sums).sum(axis=1)
    return squares


def _all_sums(ranks: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Every vector of rank sums, (sums, methods), with how many orders give it; None if too many.

    The first cohort keeps its order: to name the methods anew changes no statistic.
    """
    cohorts, methods = ranks.shape
    if (cohorts - 1) * math.log(math.factorial(methods)) > math.log(ORDERS):
        return None
    sums = ranks[:1]
    times: NDArray[np.float64] = np.ones(1)
    for row in ranks[1:]:
        orders = np.array(list(itertools.permutations(row.tolist())), dtype=np.int64)
        made = (sums[:, None] + orders[None]).reshape(-1, methods)
        sums, place = np.unique(made, axis=0, return_inverse=True)
        often = np.repeat(times, len(orders))
        times = np.bincount(place.reshape(-1), weights=often).astype(np.float64)
    return sums, times


def _pairs(scores: NDArray[np.float64]) -> tuple[RankedPair, ...]:
    cohorts, methods = scores.shape
    average = _average_ranks(scores)
    columns = list(itertools.combinations(range(methods), 2))
    apart = [float(average[a] - average[b]) for a, b in columns]
    z = [gap / _rank_error(cohorts, methods) for gap in apart]
    if cohorts <= FEW:
        pvalues = _pairs_of_orders(scores, columns)
    else:
        pvalues = [2.0 * float(ndtr(-abs(value))) for value in z]
    return tuple(
        RankedPair(a=a, b=b, rank_difference=gap, statistic=value, pvalue=p, holm=float(adjusted))
        for (a, b), gap, value, p, adjusted in zip(
            columns, apart, z, pvalues, holm(pvalues), strict=True
        )
    )


def _pairs_of_orders(
    scores: NDArray[np.float64], columns: Sequence[tuple[int, int]]
) -> list[float]:
    """Two methods' ranks in a cohort are any two of its ranks: their differences are convolved."""
    doubled = np.rint(2.0 * _ranks(scores)).astype(np.int64)
    cohorts, methods = doubled.shape
    widest = 2 * (methods - 1)
    share = np.ones(1)
    for row in doubled:
        gaps = np.subtract.outer(row, row)[~np.eye(methods, dtype=bool)]
        share = np.convolve(share, np.bincount(gaps + widest, minlength=2 * widest + 1) / gaps.size)
    sizes = np.abs(np.arange(share.size) - cohorts * widest)
    sums = doubled.sum(axis=0)
    return [min(1.0, float(share[sizes >= abs(sums[a] - sums[b])].sum())) for a, b in columns]


def _two_methods(scores: NDArray[np.float64]) -> AcrossCohorts:
    from scipy.stats import wilcoxon

    differences = scores[:, 1] - scores[:, 0]
    statistic, pvalue = 0.0, 1.0
    if differences.any():
        found = wilcoxon(differences, zero_method="zsplit")
        statistic, pvalue = float(found.statistic), float(found.pvalue)
    exact = len(differences) <= 13 or (
        len(differences) <= 50 and len(np.unique(np.abs([0.0, *differences]))) > len(differences)
    )
    source: Source = "counted" if exact else "limit"
    average = _average_ranks(scores)
    pair = RankedPair(
        a=0,
        b=1,
        rank_difference=float(average[0] - average[1]),
        statistic=math.nan,
        pvalue=pvalue,
        holm=pvalue,
    )
    return AcrossCohorts(
        test="Wilcoxon signed ranks",
        statistic=statistic,
        df=None,
        pvalue=pvalue,
        source=source,
        pairs_source=source,
        iman_davenport=None,
        cohorts=scores.shape[0],
        average_ranks=average,
        pairs=(pair,),
    )


def _groups(
    average: NDArray[np.float64], order: tuple[int, ...], critical: float
) -> tuple[tuple[int, ...], ...]:
    groups: list[tuple[int, ...]] = []
    reached = 0
    for start, best in enumerate(order):
        near = [column for column in order[start:] if average[column] - average[best] < critical]
        if len(near) > 1 and start + len(near) > reached:
            groups.append(tuple(near))
            reached = start + len(near)
    return tuple(groups)
