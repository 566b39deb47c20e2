"""Calibration curve: observed shares of events against predicted probabilities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_two_classes, upper_probability
from lnmbench.stats.bootstrap import draw_patients
from lnmbench.stats.logistic_fits import LogisticFits, fit_logistic, linearize
from lnmbench.stats.recalibration import are_equal, clipped_logit
from lnmbench.stats.resampling import score_resamples
from lnmbench.stats.scoring_rules import require_repeats
from lnmbench.stats.shares import mean_share

# quantiles of the knots (Harrell 2015, table 2.3)
_KNOTS = {
    3: (0.1, 0.5, 0.9),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
}
_POINTS, _RESAMPLES = 101, 500
# A fit beyond this logit has diverged: no data of this size support such certainty.
_LARGEST_LOGIT = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Bins of similar probabilities, (b,): mean probability, share of events, limits, cases."""

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
    y: ArrayLike,
    p: ArrayLike,
    bins: int = 10,
    *,
    patients: ArrayLike | None = None,
    level: float = 0.95,
) -> CalibrationCurve:
    """Return observed shares against predicted probabilities (Van Calster et al. 2016).

    Bins hold equal counts, cases of one probability in one bin. The smooth curve is the logistic
    regression of y on a restricted cubic spline of logit p (Harrell 2015, section 2.4.5) with 5
    knots from 200 cases of the rarer class, 4 from 50, else 3; fewer if probabilities are too
    similar or the fit diverges, down to a straight line, and no curve if even the line diverges.
    Probabilities closer to 0 or 1 than 1e-6 are moved to that distance.

    Both are computed in each repeat and averaged over the repeats: bins by their number, curves at
    101 probabilities from the mean of the repeats' least to the mean of their greatest one. Limits
    of bins are those of `mean_share`. Those of the curve are pointwise percentiles of a bootstrap
    over patients, each resample in every repeat (see `LogisticFits.resample`).

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    p
        Predicted probabilities within [0, 1], (n,) or (repeats, n).
    bins
        Largest number of bins.
    patients
        Number of each case's patient, (n,); if it is empty or None, each case is a patient.
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
    p = require_repeats(p, labels.size)
    if bins < 1:
        raise ValueError(f"bins: expected at least 1, got {bins}")
    return CalibrationCurve(
        bins=_make_bins(labels, p, bins, patients, level),
        smooth=_make_smooth(labels, p, patients, level),
        level=level,
    )


def _make_bins(
    labels: NDArray[np.float64],
    p: NDArray[np.float64],
    bins: int,
    patients: ArrayLike | None,
    level: float,
) -> Bins:

    # mean ranks keep equal probabilities together
    ranks = scipy.stats.rankdata(p, axis=1)
    bin_of_case = np.floor((ranks - 0.5) / labels.size * bins).astype(np.int64)
    numbers, index = np.unique(bin_of_case, return_inverse=True)
    event = np.broadcast_to(labels == 1.0, p.shape)
    shares = [
        mean_share(event, bin_of_case == number, patients=patients, level=level)
        for number in numbers
    ]
    count = np.bincount(index.ravel())
    return Bins(
        predicted=np.bincount(index.ravel(), weights=p.ravel()) / count,
        observed=np.array([share.estimate for share in shares]),
        low=np.array([share.interval.low for share in shares]),
        high=np.array([share.interval.high for share in shares]),
        count=count,
    )


def _make_smooth(
    labels: NDArray[np.float64], p: NDArray[np.float64], patients: ArrayLike | None, level: float
) -> Smooth:
    grid = np.linspace(p.min(axis=1).mean(), p.max(axis=1).mean(), _POINTS)
    x, grid_x = clipped_logit(p), np.broadcast_to(clipped_logit(grid), (len(p), _POINTS))
    # the curve is the same on any scale, the arithmetic is not
    middle, width = (0.0, 1.0)
    if not any(map(are_equal, x)):
        middle, width = x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)
    x, grid_x = (x - middle) / width, (grid_x - middle) / width
    for knots in _candidates(labels, x):
        design = np.stack([spline(*columns) for columns in zip(x, knots, strict=True)])
        fits = [fit_logistic(labels, columns) for columns in design]
        coefficients = np.stack([fit.coefficients for fit in fits])
        grid_design = np.stack([spline(*columns) for columns in zip(grid_x, knots, strict=True)])
        lines = np.einsum("rgk,rk->rg", grid_design, coefficients)
        if not (all(fit.converged for fit in fits) and np.abs(lines).max() < _LARGEST_LOGIT):
            continue
        regression = linearize(labels, design, coefficients)

        def draw(
            weights: NDArray[np.float64],
            regression: LogisticFits = regression,
            grid_design: NDArray[np.float64] = grid_design,
        ) -> NDArray[np.float64]:
            drawn = np.einsum("rgk,brk->brg", grid_design, regression.resample(weights))
            return np.asarray(scipy.special.expit(drawn).mean(axis=1))  # (b, 101)

        times = draw_patients(labels.size, patients=patients, resamples=_RESAMPLES, seed=0)
        drawn = score_resamples(draw, times)
        tail = 1.0 - upper_probability(level)
        low, high = np.nanquantile(drawn, [tail, 1.0 - tail], axis=0)
        return Smooth(
            predicted=grid,
            observed=scipy.special.expit(lines).mean(axis=0),
            low=low,
            high=high,
            knots=knots.shape[1],
        )
    nan = np.full(_POINTS, math.nan)
    return Smooth(predicted=grid, observed=nan, low=nan, high=nan, knots=0)


def _candidates(labels: NDArray[np.float64], x: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return knots of each repeat to try, (repeats, k); the largest k first, 2 a straight line."""
    if any(map(are_equal, x)):
        return []
    rarer = int(min(labels.sum(), labels.size - labels.sum()))
    most = 5 if rarer >= 200 else 4 if rarer >= 50 else 3
    most = min(most, *(np.unique(repeat.round(9)).size for repeat in x))
    quantiles = [np.quantile(x, _KNOTS[k], axis=1).T for k in range(most, 2, -1)]
    straight = np.stack([x.min(axis=1), x.max(axis=1)], axis=1)
    return [*(knots for knots in quantiles if np.diff(knots).min() > 1e-9), straight]


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
