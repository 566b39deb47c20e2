"""Friedman's test: methods compared across cohorts by their ranks in each.

The cohorts are independent of each other, which the folds of one cohort are not; so tests that
are not offered on folds are valid here (Demšar 2006, Journal of Machine Learning Research 7). A
table is (cohorts, methods), higher is better; rank 1 is the best and ties share their mean rank.

If the methods do not differ, all orders of a cohort's ranks are equally likely. With few cohorts
these orders are counted, because the limits, χ² and the normal, are far from them (Eisinga, Heskes,
Pelzer & Te Grotenhuis 2017, BMC Bioinformatics 18).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.multiplicity import holm

FEW = 10
"""Cohorts up to which orders of ranks are counted, or drawn; with more the limits are used."""
ORDERS = 1_000_000
"""Largest number of orders that is counted."""
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
    """Friedman's test of methods across cohorts, and the tests of all pairs.

    `test` names the test of `statistic` and `pvalue`: Friedman's χ² with `df`, or, for two
    methods, Wilcoxon's smaller rank sum, which has none. `source` says whether `pvalue` comes from
    all orders of the ranks, from orders drawn at random, or from the limit for many cohorts;
    `pairs_source` says the same of the pairs. `average_ranks` is (methods,).
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


def friedman_holm(table: ArrayLike) -> AcrossCohorts:
    """Test whether methods differ across cohorts, and all pairs of methods with Holm.

    For N cohorts and k ≥ 3 methods: Friedman's χ² = 12N / (k(k+1)) · Σ (R_j − (k+1)/2)² with
    k − 1 degrees of freedom, corrected for ties (Friedman 1937). Up to `FEW` cohorts its p value is
    the share of orders of the ranks within cohorts with no less: of all of them, (k!)^(N−1), where
    these are no more than `ORDERS`, else of `DRAWS` drawn ones, the observed among them; the same
    table gives the same p. With more cohorts it is that of χ². Also returned: Iman & Davenport's
    F = (N−1)χ² / (N(k−1) − χ²) (1980), which is infinite where few cohorts agree by chance.

    Pairs: z = (R_a − R_b) / √(k(k+1) / 6N) (García & Herrera 2008, Journal of Machine Learning
    Research 9); up to `FEW` cohorts p is the share of orders with a difference that is not
    smaller, always counted (Eisinga et al. 2017), with more it is that of z. Holm over all pairs.

    For two methods, as Demšar recommends, Wilcoxon's signed ranks over the cohorts' differences,
    zeros split evenly; exact up to 13 cohorts, and up to 50 without ties and zeros, else by the
    normal; the one pair has its p value and no z (NaN). `least_pvalues` says how small p can be.

    Parameters
    ----------
    table
        Score of each method on each cohort, (cohorts, methods); higher is better.

    Returns
    -------
    AcrossCohorts
        The overall test, the average ranks (methods,) and the tests of all pairs.

    Raises
    ------
    ValueError
        For fewer than two cohorts or methods, and for NaN and infinity.

    Examples
    --------
    >>> across = friedman_holm([[0.71, 0.74, 0.78], [0.66, 0.65, 0.70], [0.80, 0.82, 0.85],
    ...                         [0.61, 0.66, 0.69]])
    >>> f"{across.statistic:.2f} {across.pvalue:.3f} {across.average_ranks.round(2).tolist()}"
    '6.50 0.042 [2.75, 2.25, 1.0]'
    >>> [round(pair.holm, 3) for pair in across.pairs]
    [0.613, 0.042, 0.225]
    """
    scores = require_table(table)
    if scores.shape[1] == 2:
        return _two_methods(scores)
    statistic, limit = _friedman(scores)
    cohorts, methods = scores.shape
    pvalue, source = _exact_pvalue(scores) if cohorts <= FEW else (limit, "limit")
    return AcrossCohorts(
        test="Friedman",
        statistic=statistic,
        df=methods - 1,
        pvalue=pvalue,
        source=source,
        pairs_source="counted" if cohorts <= FEW else "limit",
        iman_davenport=_iman_davenport(statistic, cohorts, methods),
        cohorts=cohorts,
        average_ranks=average_ranks(scores),
        pairs=_pairs(scores),
    )


def least_pvalues(cohorts: int, methods: int) -> tuple[float, float]:
    """Return the least p values that `friedman_holm` can reach: of all methods, and of a pair.

    They are those of cohorts that all rank the methods alike, without ties: (k!)^(1−N), and
    2 / (k(k−1))^N before Holm; for two methods both are 2^(1−N).

    Examples
    --------
    >>> [round(p, 4) for p in least_pvalues(3, 3)], least_pvalues(4, 2)
    ([0.0278, 0.0093], (0.125, 0.125))
    """
    overall = float(math.factorial(methods)) ** (1 - cohorts)
    return overall, 2.0 * float(methods * (methods - 1)) ** -cohorts


def require_table(table: ArrayLike) -> NDArray[np.float64]:
    """Return a table as float64 of shape (cohorts, methods).

    Raises `ValueError` for fewer than two cohorts or methods, and for NaN and infinity.
    """
    scores = np.asarray(table, dtype=np.float64)
    if scores.ndim != 2 or min(scores.shape) < 2:
        raise ValueError(
            f"table: expected at least 2 cohorts (rows) and 2 methods (columns), got {scores.shape}"
        )
    wrong = np.count_nonzero(~np.isfinite(scores))
    if wrong:
        raise ValueError(f"table: {wrong} of {scores.size} values are NaN or infinite")
    return scores


def _rank_rows(scores: NDArray[np.float64]) -> NDArray[np.float64]:

    return np.asarray(scipy.stats.rankdata(-scores, axis=1), dtype=np.float64)


def average_ranks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean rank of each method.

    Parameters
    ----------
    scores
        A score of each cohort and method, (cohorts, methods); a greater one is better.

    Returns
    -------
    ndarray
        (methods,); rank 1 is best, and tied methods share the mean of their ranks.
    """
    average: NDArray[np.float64] = _rank_rows(scores).mean(axis=0)
    return average


def rank_error(cohorts: int, methods: int) -> float:
    """Return the standard error of a difference of average ranks, √(k(k+1) / 6N)."""
    return math.sqrt(methods * (methods + 1) / (6.0 * cohorts))


def _friedman(scores: NDArray[np.float64]) -> tuple[float, float]:

    if (scores == scores[:, :1]).all():  # nothing but ties, for which the correction divides by 0
        return 0.0, 1.0
    result = scipy.stats.friedmanchisquare(*scores.T)
    return float(result.statistic), float(result.pvalue)


def _iman_davenport(chi_square: float, cohorts: int, methods: int) -> ImanDavenport:
    between, within = methods - 1, (methods - 1) * (cohorts - 1)
    rest = cohorts * between - chi_square
    agree = rest <= 1e-9 * cohorts * between
    statistic = math.inf if agree else (cohorts - 1) * chi_square / rest
    return ImanDavenport(
        statistic=statistic,
        df_between=between,
        df_within=within,
        pvalue=0.0 if agree else float(scipy.special.fdtrc(between, within, statistic)),
    )


def _exact_pvalue(scores: NDArray[np.float64]) -> tuple[float, Source]:
    """Return the p value of Friedman's statistic, which grows with the squared rank sums."""
    doubled = np.rint(2.0 * _rank_rows(scores)).astype(np.int64)  # whole numbers: ties are exact
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
    """Return each vector of rank sums, (sums, methods), and its number of orders; None if too many.

    The first cohort keeps its order: permuting the methods' names changes no statistic.
    """
    cohorts, methods = ranks.shape
    if (cohorts - 1) * math.log(math.factorial(methods)) > math.log(ORDERS):
        return None
    sums = ranks[:1]
    times: NDArray[np.float64] = np.ones(1)
    for row in ranks[1:]:
        orders = np.array(list(itertools.permutations(row.tolist())), dtype=np.int64)
        extended = (sums[:, None] + orders[None]).reshape(-1, methods)  # (sums · orders, methods)
        sums, index = np.unique(extended, axis=0, return_inverse=True)
        repeated = np.repeat(times, len(orders))
        times = np.bincount(index.reshape(-1), weights=repeated).astype(np.float64)
    return sums, times


def _pairs(scores: NDArray[np.float64]) -> tuple[RankedPair, ...]:
    cohorts, methods = scores.shape
    average = average_ranks(scores)
    columns = list(itertools.combinations(range(methods), 2))
    apart = [float(average[a] - average[b]) for a, b in columns]
    z = [gap / rank_error(cohorts, methods) for gap in apart]
    if cohorts <= FEW:
        pvalues = _exact_pair_pvalues(scores, columns)
    else:
        pvalues = [2.0 * float(scipy.special.ndtr(-abs(value))) for value in z]
    return tuple(
        RankedPair(a=a, b=b, rank_difference=gap, statistic=value, pvalue=p, holm=float(adjusted))
        for (a, b), gap, value, p, adjusted in zip(
            columns, apart, z, pvalues, holm(pvalues), strict=True
        )
    )


def _exact_pair_pvalues(
    scores: NDArray[np.float64], columns: Sequence[tuple[int, int]]
) -> list[float]:
    """Return the p value of each pair, by convolving the rank differences of the cohorts.

    In each cohort, the ranks of two methods are any two of its ranks.
    """
    doubled = np.rint(2.0 * _rank_rows(scores)).astype(np.int64)
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

    differences = scores[:, 1] - scores[:, 0]
    statistic, pvalue = 0.0, 1.0
    if differences.any():
        result = scipy.stats.wilcoxon(differences, zero_method="zsplit")
        statistic, pvalue = float(result.statistic), float(result.pvalue)
    exact = len(differences) <= 13 or (
        len(differences) <= 50 and len(np.unique(np.abs([0.0, *differences]))) > len(differences)
    )
    source: Source = "counted" if exact else "limit"
    average = average_ranks(scores)
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
