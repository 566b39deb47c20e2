"""Non-inferiority and equivalence of two methods within a margin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy

from lnmbench.stats.resampled import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginTest:
    """Two one-sided t-tests of a difference against ± `margin`.

    `interval` is the 1 − 2α interval, at 90 % for tests at 5 %: the difference is equivalent if it
    lies within ± margin. `noninferiority` is the p value of "worse by the margin or more",
    `equivalence` the greater one of both tests (Schuirmann 1987).
    """

    margin: float
    interval: Interval
    noninferiority: float
    equivalence: float


def margin_test(
    estimate: float, error: float, df: float, *, margin: float, alpha: float = 0.05
) -> MarginTest:
    """Test a difference against a margin by two one-sided t-tests (TOST; Schuirmann 1987).

    t = (d ± margin) / error with `df` degrees of freedom; with the error of the corrected resampled
    t-test they are corrected. Where the error is zero, p is 0 or 1.

    Parameters
    ----------
    estimate
        Difference d; greater is better.
    error
        Standard error of the difference.
    df
        Degrees of freedom.
    margin
        Largest difference that does not matter, positive.
    alpha
        Level of each of the two tests, below .5.

    Returns
    -------
    MarginTest
        Interval at 1 − 2 alpha and both p values.

    Raises
    ------
    ValueError
        For a margin that is not positive and finite.

    Examples
    --------
    >>> test = margin_test(0.004, 0.01, 99, margin=0.02)
    >>> f"{test.interval.low:.3f} {test.interval.high:.3f} {test.equivalence:.3f}"
    '-0.013 0.021 0.056'
    """
    if not (math.isfinite(margin) and margin > 0.0):
        raise ValueError(f"margin: expected a positive number, got {margin}")
    half = float(scipy.special.stdtrit(df, 1.0 - alpha)) * error
    worse, better = (_upper_tail(side * estimate + margin, error, df) for side in (1.0, -1.0))
    return MarginTest(
        margin=margin,
        interval=Interval(low=estimate - half, high=estimate + half, level=1.0 - 2.0 * alpha),
        noninferiority=worse,
        equivalence=max(worse, better),
    )


def _upper_tail(distance: float, error: float, df: float) -> float:
    """Return the p value of "the true distance is not positive"."""
    if error == 0.0:
        return 0.0 if distance > 0.0 else 1.0
    return float(scipy.special.stdtr(df, -distance / error))
