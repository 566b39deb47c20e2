"""Calibration intercept, slope, calibration in the large and O/E, with intervals."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtri

from lnmbench.stats.arrays import require_two_classes, upper_probability
from lnmbench.stats.resampled import Interval
from lnmbench.stats.scoring_rules import brier, require_probabilities

_CLIP = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Calibration of probabilities; 0, 1, 0 and 1 are perfect for the first four measures."""

    intercept: float
    slope: float
    in_the_large: float
    observed_expected: float
    brier: float
    scaled_brier: float
    intercept_interval: Interval
    slope_interval: Interval
    in_the_large_interval: Interval
    observed_expected_interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticFit:
    """Coefficients (k,) of a logistic regression and their covariance (k, k)."""

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    converged: bool


def calibration(y: ArrayLike, p: ArrayLike, *, level: float = 0.95) -> Calibration:
    """Return the calibration of probabilities (Cox 1958; Van Calster et al. 2019).

    Intercept a and slope b of logit P(y) = a + b · logit p, where a slope below 1 means that
    probabilities are too extreme; calibration in the large, the intercept with logit p as offset;
    O/E = Σy / Σp; the Brier score, and scaled 1 − Brier / (π (1 − π)) with the prevalence π, so
    that 0 is no better than the prevalence and 1 is perfect. Intervals are Wald's, that of O/E on
    the log scale with the standard error √((1 − π)/Σy) (Debray et al. 2017).

    A probability closer to 0 or 1 than 1e-6 is moved to that distance, because 0 and 1 have no
    logit. If p is the same for all cases, slope and intercept are NaN. If p separates all positive
    from all negative cases, no finite slope fits: it is infinite (negative if the order is
    reversed), and its interval and the intercept are NaN.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    p
        Predicted probabilities, (n,), within [0, 1]; with repeated cross-validation, the mean of
        each case's out-of-fold probabilities.
    level
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    Calibration
        The measures and their intervals.

    Raises
    ------
    ValueError
        For one class only, NaN, probabilities outside [0, 1], and lengths that differ.

    Examples
    --------
    >>> result = calibration([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.8])
    >>> f"{result.intercept:.2f} {result.slope:.2f} {result.observed_expected:.2f}"
    '0.33 1.19 1.11'
    """
    labels = require_two_classes(y)
    p = require_probabilities(p, labels.size)
    z, x, prevalence = (
        float(ndtri(upper_probability(level))),
        clipped_logit(p),
        float(labels.mean()),
    )
    undefined = Interval(low=math.nan, high=math.nan, level=level)
    intercept, slope = math.nan, _separation_slope(labels, x)
    intercept_interval = slope_interval = undefined
    if slope == 0.0:
        line = fit_logistic(labels, np.column_stack([np.ones_like(x), x]))
        intercept, slope = map(float, line.coefficients)
        errors = np.sqrt(np.diag(line.covariance))
        intercept_interval = _wald(intercept, float(errors[0]), z, level)
        slope_interval = _wald(slope, float(errors[1]), z, level)
    large, error = _calibration_in_the_large(x, prevalence)
    expected, score = float(p.sum()), brier(labels, p)
    ratio = float(labels.sum()) / expected if expected > 0.0 else math.inf
    factor = math.exp(z * math.sqrt((1.0 - prevalence) / float(labels.sum())))
    return Calibration(
        intercept=intercept,
        slope=slope,
        in_the_large=large,
        observed_expected=ratio,
        brier=score,
        scaled_brier=1.0 - score / (prevalence * (1.0 - prevalence)),
        intercept_interval=intercept_interval,
        slope_interval=slope_interval,
        in_the_large_interval=_wald(large, error, z, level),
        observed_expected_interval=Interval(low=ratio / factor, high=ratio * factor, level=level),
    )


def clipped_logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logits of probabilities clipped to 1e-6 from 0 and 1.

    Parameters
    ----------
    p
        Probabilities (n,).

    Returns
    -------
    ndarray
        (n,).
    """
    return np.asarray(logit(p.clip(_CLIP, 1.0 - _CLIP)), dtype=np.float64)


def are_equal(x: NDArray[np.float64]) -> bool:
    """Return whether all values are equal up to the rounding of an average.

    Parameters
    ----------
    x
        Values (n,), at least one.
    """
    return bool(np.ptp(x) <= 1e-9)


def fit_logistic(y: NDArray[np.float64], design: NDArray[np.float64]) -> LogisticFit:
    """Fit a logistic regression by maximum likelihood.

    Parameters
    ----------
    y
        Labels 0 and 1, (n,).
    design
        Columns of the design (n, k); a constant column is the intercept.

    Returns
    -------
    LogisticFit
        Coefficients (k,), their covariance (k, k), and whether the fit converged.
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    # a fit that diverges warns; the caller checks `converged` and the size of the fit
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        result = GLM(y, design, family=Binomial()).fit()
        return LogisticFit(
            coefficients=np.asarray(result.params, dtype=np.float64),
            covariance=np.asarray(result.cov_params(), dtype=np.float64),
            converged=bool(result.converged),
        )


def _separation_slope(labels: NDArray[np.float64], x: NDArray[np.float64]) -> float:
    """Return the infinite slope of separated classes, NaN where x is constant, else 0."""
    positive, negative = x[labels == 1.0], x[labels == 0.0]
    if are_equal(x):
        return math.nan
    if positive.min() >= negative.max():
        return math.inf
    return -math.inf if positive.max() <= negative.min() else 0.0


def _calibration_in_the_large(x: NDArray[np.float64], prevalence: float) -> tuple[float, float]:
    """Return the a at which the mean of expit(x + a) is the prevalence, and its standard error.

    It maximizes the likelihood and is bracketed by the least and the greatest x. Iterated least
    squares fail to find it if most probabilities are close to 0 and 1.
    """
    from scipy.optimize import brentq

    middle = float(logit(prevalence))
    low, high = middle - float(x.max()) - 1.0, middle - float(x.min()) + 1.0
    a = float(brentq(lambda a: float(expit(x + a).mean()) - prevalence, low, high, xtol=1e-12))
    p = expit(x + a)
    return a, 1.0 / math.sqrt(float(np.sum(p * (1.0 - p))))


def _wald(value: float, error: float, z: float, level: float) -> Interval:
    return Interval(low=value - z * error, high=value + z * error, level=level)
