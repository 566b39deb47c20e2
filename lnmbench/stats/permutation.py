"""Monte Carlo permutation test: a score against those of the same model with permuted labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lnmbench.stats.arrays import require_finite

ROUNDING = 1e-12
"""Differences of scores up to this size are rounding: equal predictions are a tie."""


def permutation_pvalue(score: float, permuted: ArrayLike, *, upward: bool = True) -> float:
    """Return the one-sided p value of a score among those of m random permutations.

    p = (1 + #{permuted ≥ score}) / (1 + m): the observed labels are one of the permutations, so
    that P(p ≤ α) ≤ α for each m if labels and permuted labels are exchangeable (Dwass 1957;
    Phipson & Smyth 2010). The least p is 1 / (1 + m). Ties count against the score.

    Parameters
    ----------
    score
        The score with the observed labels.
    permuted
        The scores with permuted labels, (m,).
    upward
        Whether greater scores are better.

    Returns
    -------
    float
        The p value.

    Raises
    ------
    ValueError
        Without a permutation, and for NaN.

    Examples
    --------
    >>> permutation_pvalue(0.80, [0.79, 0.81, 0.78, 0.77])
    0.4
    >>> permutation_pvalue(0.80, [0.79, 0.78, 0.78, 0.77])
    0.2
    """
    scores = require_finite(permuted, "scores of permutations", at_least=1)
    observed = float(require_finite([score], "score", at_least=1)[0])
    return (1 + count_reaching(observed, scores, upward=upward)) / (1 + scores.size)


def count_reaching(score: float, permuted: ArrayLike, *, upward: bool = True) -> int:
    """Return how many scores with permuted labels are as good as a score, or better.

    Parameters
    ----------
    score, permuted, upward
        As in `permutation_pvalue`; NaN reaches nothing.
    """
    excess = np.asarray(permuted, dtype=np.float64) - score
    return int(np.count_nonzero((excess if upward else -excess) >= -ROUNDING))
