"""Calibration curve: observed shares of events against predicted probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtri

from lnmbench.stats.arrays import require_two_classes, upper_probability
from lnmbench.stats.operating_points import wilson
from lnmbench.stats.recalibration import LogisticFit, are_equal, clipped_logit, fit_logistic
from lnmbench.stats.scoring_rules import require_probabilities

# quantiles of the knots (Harrell 2015, table 2.3)
_KNOTS = {
    3: (0.1, 0.5, 0.9),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
}
_POINTS = 101
# A fit beyond this logit has diverged: no data of this size support such certainty.
_LARGEST_LOGIT = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Bins of similar probabilities, (b,): mean probability, share of events, Wilson's limits."""

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    count: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Smooth:
    """Observed share as a function of the probability, (101,), with pointwise limits.

    `knots` is 2 for a straight line on the logit scale, 0 if no curve fits and all values are NaN.
    """

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    knots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationCurve:
    """Observed against predicted, in bins and smooth, with limits at `level`."""

    bins: Bins
    smooth: Smooth
    level: float


def calibration_curve(
    y: ArrayLike, p: ArrayLike, bins: int = 10, *, level: float = 0.95
) -> CalibrationCurve:
    """Return observed shares against predicted probabilities (Van Calster et al. 2016).

    Bins hold equal counts, cases of one probability in one bin; their intervals are Wilson's.
    The smooth curve is the logistic regression of y on a restricted cubic spline of logit p
    (Harrell 2015, section 2.4.5) with 5 knots from 200 cases of the rarer class, 4 from 50, else
    3; fewer if probabilities are too similar or the fit diverges, down to a straight line, and no
    curve if even the line diverges. Its limits are Wald's on the logit scale, pointwise.
    Probabilities closer to 0 or 1 than 1e-6 are moved to that distance.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    p
        Predicted probabilities, (n,), within [0, 1].
    bins
        Largest number of bins.
    level
        Coverage of the limits, between 0 and 1.

    Returns
    -------
    CalibrationCurve
        The bins (b,) and the smooth curve (101,).

    Raises
    ------
    ValueError
        For one class only, NaN, probabilities outside [0, 1], lengths that differ, and fewer than
        one bin.

    Examples
    --------
    >>> curve = calibration_curve([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.8], bins=2)
    >>> curve.bins.predicted.round(2).tolist(), curve.bins.observed.round(2).tolist()
    ([0.2, 0.7], [0.33, 0.67])
    """
    labels = require_two_classes(y)
    p = require_probabilities(p, labels.size)
    if bins < 1:
        raise ValueError(f"bins: expected at least 1, got {bins}")
    return CalibrationCurve(
        bins=_bins(labels, p, bins, level),
        smooth=_smooth(labels, p, float(ndtri(upper_probability(level)))),
        level=level,
    )


def _bins(labels: NDArray[np.float64], p: NDArray[np.float64], bins: int, level: float) -> Bins:
    from scipy.stats import rankdata

    # mean ranks keep equal probabilities together
    bin_numbers = np.floor((rankdata(p) - 0.5) / p.size * bins).astype(np.int64)
    _, bin_index = np.unique(bin_numbers, return_inverse=True)
    count = np.bincount(bin_index)
    events = np.bincount(bin_index, weights=labels)
    low, high = wilson(events.astype(np.int64), count, level)
    return Bins(
        predicted=np.bincount(bin_index, weights=p) / count,
        observed=events / count,
        low=low,
        high=high,
        count=count,
    )


def _smooth(labels: NDArray[np.float64], p: NDArray[np.float64], z: float) -> Smooth:
    grid = np.linspace(p.min(), p.max(), _POINTS)
    x, grid_x = clipped_logit(p), clipped_logit(grid)
    # the curve is the same on any scale, the arithmetic is not
    middle, width = (0.0, 1.0) if are_equal(x) else (x.mean(), x.std())
    x, grid_x = (x - middle) / width, (grid_x - middle) / width
    for knots in _candidates(labels, x):
        fit = fit_logistic(labels, spline(x, knots))
        design = spline(grid_x, knots)
        line = design @ fit.coefficients
        variance = np.einsum("ij,jk,ik->i", design, fit.covariance, design)
        if _is_sound(fit, line, variance):
            half = z * np.sqrt(variance)
            observed, low, high = expit(np.stack([line, line - half, line + half]))
            return Smooth(predicted=grid, observed=observed, low=low, high=high, knots=knots.size)
    nan = np.full(_POINTS, math.nan)
    return Smooth(predicted=grid, observed=nan, low=nan, high=nan, knots=0)


def _candidates(labels: NDArray[np.float64], x: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return knots to try, the largest number first; two knots are a straight line."""
    if are_equal(x):
        return []
    rarer = int(min(labels.sum(), labels.size - labels.sum()))
    most = 5 if rarer >= 200 else 4 if rarer >= 50 else 3
    most = min(most, np.unique(x.round(9)).size)
    quantiles = [np.quantile(x, _KNOTS[k]) for k in range(most, 2, -1)]
    straight = np.array([x.min(), x.max()])
    return [*(knots for knots in quantiles if np.diff(knots).min() > 1e-9), straight]


def _is_sound(fit: LogisticFit, line: NDArray[np.float64], variance: NDArray[np.float64]) -> bool:
    within = bool(np.isfinite(line).all() and np.abs(line).max() < _LARGEST_LOGIT)
    return fit.converged and within and bool((variance >= 0.0).all())


def spline(x: NDArray[np.float64], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the design of a restricted cubic spline, linear beyond the outer knots.

    Harrell (2015), equation 2.25, scaled by (t_k − t_1)².

    Parameters
    ----------
    x
        Values, (n,).
    knots
        Knots in ascending order, (k,).

    Returns
    -------
    ndarray
        Columns 1, x and k − 2 cubic terms, (n, k).
    """
    first, before, last = knots[0], knots[-2], knots[-1]
    cubes = np.clip(x[:, None] - knots, 0.0, None) ** 3
    to_last, to_before = last - knots[:-2], before - knots[:-2]
    bends = (
        cubes[:, :-2] - (cubes[:, [-2]] * to_last - cubes[:, [-1]] * to_before) / (last - before)
    ) / (last - first) ** 2
    return np.column_stack([np.ones_like(x), x, bends])
