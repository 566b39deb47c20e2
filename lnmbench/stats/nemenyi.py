"""Nemenyi's critical difference of average ranks across cohorts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.friedman import average_ranks, rank_error, require_table


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalDifference:
    """Critical difference of average ranks, and the groups of methods within it.

    `order` holds the methods' columns, best first. Each of `groups` holds columns, best first,
    whose average ranks lie less than `critical` apart; no group is part of another, and a method
    that differs from all others is in none.
    """

    critical: float
    quantile: float
    alpha: float
    average_ranks: NDArray[np.float64]
    order: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]


def critical_difference(table: ArrayLike, alpha: float = 0.05) -> CriticalDifference:
    """Return Nemenyi's critical difference of average ranks and the groups within it.

    CD = q_{α,k} · √(k(k+1) / 6N), with q the quantile of the studentized range for k groups and
    infinite degrees of freedom over √2 (Nemenyi 1963; Demšar 2006, section 3.2.2). It compares
    all pairs at once and has less power than `friedman_holm`.

    Parameters
    ----------
    table
        Score of each method on each cohort, (cohorts, methods); higher is better.
    alpha
        Level of the test, between 0 and 1.

    Returns
    -------
    CriticalDifference
        The critical difference, the average ranks (methods,) and the groups.

    Raises
    ------
    ValueError
        As `friedman_holm`, and for an α that does not lie between 0 and 1.

    Examples
    --------
    >>> drawn = critical_difference([[0.71, 0.74, 0.78], [0.66, 0.65, 0.70], [0.80, 0.82, 0.85],
    ...                              [0.61, 0.66, 0.69]])
    >>> round(drawn.critical, 3), drawn.order, drawn.groups
    (1.657, (2, 1, 0), ((2, 1), (1, 0)))
    """

    if not 0.0 < alpha < 1.0:
        raise ValueError(f"alpha: expected between 0 and 1, got {alpha}")
    scores = require_table(table)
    cohorts, methods = scores.shape
    studentized = float(scipy.stats.studentized_range.ppf(1.0 - alpha, methods, np.inf))
    quantile = studentized / math.sqrt(2.0)
    critical = quantile * rank_error(cohorts, methods)
    average = average_ranks(scores)
    order = tuple(int(column) for column in np.argsort(average, kind="stable"))
    return CriticalDifference(
        critical=critical,
        quantile=quantile,
        alpha=alpha,
        average_ranks=average,
        order=order,
        groups=_groups(average, order, critical),
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
