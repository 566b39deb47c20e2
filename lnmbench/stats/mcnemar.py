"""McNemar's test: calls of two methods on the same cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class McNemar:
    """Cases that only one of two methods calls right, and the exact two-sided p."""

    only_a: int
    only_b: int
    pvalue: float


def mcnemar_test(a: ArrayLike, b: ArrayLike) -> McNemar:
    """Test whether two methods are right equally often (McNemar 1947, Psychometrika 12).

    Of the cases that one method alone calls right, half are of each under the null hypothesis: the
    exact binomial test, p = 1 without such a case. Cases must be independent.

    Parameters
    ----------
    a, b
        Whether each method is right, bool (n,), of the same cases.

    Returns
    -------
    McNemar
        The numbers of discordant cases and p.

    Raises
    ------
    ValueError
        For arrays that are not bool or differ in length.

    Examples
    --------
    >>> test = mcnemar_test([True] * 9 + [False], [False] * 8 + [True, True])
    >>> test.only_a, test.only_b, round(test.pvalue, 4)
    (8, 1, 0.0391)
    """
    from statsmodels.stats.contingency_tables import mcnemar

    right_a, right_b = np.asarray(a), np.asarray(b)
    if right_a.dtype != np.bool_ or right_b.dtype != np.bool_ or right_a.shape != right_b.shape:
        raise ValueError(
            f"calls: expected two bool arrays of one length, got {right_a.dtype} of shape "
            f"{right_a.shape} and {right_b.dtype} of shape {right_b.shape}"
        )
    only_a, only_b = int(np.sum(right_a & ~right_b)), int(np.sum(~right_a & right_b))
    both, neither = int(np.sum(right_a & right_b)), int(np.sum(~right_a & ~right_b))
    test = mcnemar([[both, only_a], [only_b, neither]], exact=True)
    return McNemar(only_a=only_a, only_b=only_b, pvalue=float(test.pvalue))
