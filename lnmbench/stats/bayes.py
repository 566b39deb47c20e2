"""What the folds of one cohort let us believe of a difference."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy.special import stdtr

from lnmbench.stats.arrays import finite, mean, spread


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelatedPosterior:
    """The posterior of a difference, Student's t with `df` about `mean` with `scale`.

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

    t_{J−1}(d̄, s² · (1/J + 1/(K − 1))), s with ddof 1: the correlation of the folds is taken to be
    1/K, the prior to be the uninformative one (Corani & Benavoli 2015, Machine Learning 100,
    section 3.2). Differences within ± rope, the region of practical equivalence, are too small to
    matter. Where s = 0 the whole posterior lies at d̄.

    `differences` holds one value b − a for each of J = repeats × K outer folds, in any shape;
    `folds` is K. Raises `ValueError` for fewer than two values, for NaN, for fewer than two folds
    and for a negative rope.

    Examples
    --------
    >>> posterior = bayesian_correlated_ttest([0.01, 0.03, -0.01, 0.02], folds=4)
    >>> f"{posterior.worse:.3f} {posterior.equivalent:.3f} {posterior.better:.3f}"
    '0.091 0.339 0.570'
    """
    d = finite(differences, "differences", at_least=2)
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

    Raises `ValueError` where it is negative, NaN or infinite.
    """
    if not (math.isfinite(rope) and rope >= 0.0):
        raise ValueError(f"rope: expected zero or a positive number, got {rope}")
    return float(rope)


def _below(bound: float, center: float, scale: float, df: int) -> float:
    if scale == 0.0:
        return 1.0 if center < bound else 0.0
    return float(stdtr(df, (bound - center) / scale))
