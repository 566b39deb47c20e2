"""Posterior of the difference between two methods, from the folds of one cohort."""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy
from numpy.typing import ArrayLike

from lnmbench.stats.arrays import mean, require_finite, spread


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelatedPosterior:
    """Posterior of a difference: Student's t with `df` about `mean` with `scale`.

    `worse`, `equivalent` and `better` are the probabilities that the difference lies below −rope,
    within ± rope and above rope; they add up to one.
    """

    worse: float
    equivalent: float
    better: float
    rope: float
    mean: float
    scale: float
    df: int


def bayesian_correlated_ttest(
    differences: ArrayLike, *, folds: int, rope: float = 0.01
) -> CorrelatedPosterior:
    """Return the posterior of the difference between two methods on one cohort.

    t_{J−1}(d̄, s² · (1/J + 1/(K − 1))), s with ddof 1. The correlation of the folds is assumed to
    be 1/K, the prior is uninformative (Corani & Benavoli 2015, Machine Learning 100, section 3.2).
    Where s = 0 the whole posterior lies at d̄.

    Parameters
    ----------
    differences
        One value b − a for each of J = repeats × K outer folds, in any shape.
    folds
        Number K of outer folds of a repeat.
    rope
        Half width of the region of practical equivalence, in the unit of the differences:
        differences within ± rope are too small to matter.

    Returns
    -------
    CorrelatedPosterior
        The posterior and its probabilities below, within and above ± rope.

    Raises
    ------
    ValueError
        For fewer than two values, NaN, fewer than two folds, and a negative rope.

    Examples
    --------
    >>> posterior = bayesian_correlated_ttest([0.01, 0.03, -0.01, 0.02], folds=4)
    >>> f"{posterior.worse:.3f} {posterior.equivalent:.3f} {posterior.better:.3f}"
    '0.091 0.339 0.570'
    """
    d = require_finite(differences, "differences", at_least=2)
    if folds < 2:
        raise ValueError(f"folds: expected at least 2, got {folds}")
    half = half_width(rope)
    center, scale = mean(d), spread(d) * math.sqrt(1.0 / d.size + 1.0 / (folds - 1))
    worse = _below(-half, center, scale, d.size - 1)
    better = _below(-half, -center, scale, d.size - 1)
    return CorrelatedPosterior(
        worse=worse,
        equivalent=max(0.0, 1.0 - worse - better),
        better=better,
        rope=half,
        mean=center,
        scale=scale,
        df=d.size - 1,
    )


def half_width(rope: float) -> float:
    """Return the half width of the region of practical equivalence.

    Raises `ValueError` if it is negative, NaN or infinite.
    """
    if not (math.isfinite(rope) and rope >= 0.0):
        raise ValueError(f"rope: expected zero or a positive number, got {rope}")
    return float(rope)


def _below(bound: float, center: float, scale: float, df: int) -> float:
    if scale == 0.0:
        return 1.0 if center < bound else 0.0
    return float(scipy.special.stdtr(df, (bound - center) / scale))
