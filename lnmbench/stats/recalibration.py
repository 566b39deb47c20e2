"""Calibration intercept, slope, calibration in the large and O/E, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_two_classes
from lnmbench.stats.bootstrap import bootstrap_intervals
from lnmbench.stats.logistic_fits import LogisticFits, fit_logistic, linearize
from lnmbench.stats.resampled import Interval
from lnmbench.stats.scoring_rules import require_repeats

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


def calibration(
    y: ArrayLike,
    p: ArrayLike,
    *,
    patients: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 2000,
) -> Calibration:
    """Return the calibration of probabilities (Cox 1958; Van Calster et al. 2019).

    Intercept a and slope b of logit P(y) = a + b · logit p, where a slope below 1 means that
    probabilities are too extreme; calibration in the large, the intercept with logit p as offset;
    O/E = Σy / Σp; the Brier score, and scaled 1 − Brier / (π (1 − π)) with the prevalence π, so
    that 0 is no better than the prevalence and 1 is perfect.

    Each is computed in each repeat and averaged over the repeats: probabilities that are averaged
    over the repeats are those of a larger ensemble, which is better calibrated. Intervals are BCa
    bootstraps over patients, each resample in every repeat; regressions are resampled by one
    Newton step (see `LogisticFits.resample`).

    A probability closer to 0 or 1 than 1e-6 is moved to that distance, because 0 and 1 have no
    logit. If p is the same for all cases, slope and intercept are NaN. If p separates all positive
    from all negative cases, no finite slope fits: it is infinite (negative if the order is
    reversed), and its interval and the intercept are NaN. One such repeat is enough.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    p
        Predicted probabilities within [0, 1], (n,) or, with repeated cross-validation, the
        out-of-fold probabilities of each repeat, (repeats, n).
    patients
        Number of each case's patient, (n,); if it is empty or None, each case is a patient.
    level
        Coverage of the intervals, between 0 and 1.
    resamples
        Number of resamples.

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
    p = require_repeats(p, labels.size)
    x, prevalence = clipped_logit(p), float(labels.mean())
    offsets = np.array([[_calibration_in_the_large(repeat, prevalence)] for repeat in x])
    ones = np.ones((*x.shape, 1))
    constant = linearize(labels, ones, offsets, offset=x)
    slopes = np.array([_separation_slope(labels, repeat) for repeat in x])
    line = None if slopes.any() else _fit_lines(labels, x)

    def resample(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        undefined = np.full((len(weights), 2), math.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratios = (weights @ labels)[:, None] / (weights @ p.T)  # (b, repeats)
        return np.column_stack(
            [
                constant.resample(weights).mean(axis=1),
                ratios.mean(axis=1),
                undefined if line is None else line.resample(weights).mean(axis=1),
            ]
        )

    intervals = bootstrap_intervals(
        resample, labels.size, patients=patients, level=level, resamples=resamples
    )
    score = float(((labels - p) ** 2).mean())
    with np.errstate(divide="ignore"):
        ratio = float((labels.sum() / p.sum(axis=1)).mean())
    return Calibration(
        intercept=math.nan if line is None else float(line.coefficients[:, 0].mean()),
        slope=_mean_slope(slopes) if line is None else float(line.coefficients[:, 1].mean()),
        in_the_large=float(offsets.mean()),
        observed_expected=ratio,
        brier=score,
        scaled_brier=1.0 - score / (prevalence * (1.0 - prevalence)),
        in_the_large_interval=intervals[0],
        observed_expected_interval=intervals[1],
        intercept_interval=intervals[2],
        slope_interval=intervals[3],
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
    return np.asarray(scipy.special.logit(p.clip(_CLIP, 1.0 - _CLIP)), dtype=np.float64)


def are_equal(x: NDArray[np.float64]) -> bool:
    """Return whether all values are equal up to the rounding of an average.

    Parameters
    ----------
    x
        Values (n,), at least one.
    """
    return bool(np.ptp(x) <= 1e-9)


def _fit_lines(labels: NDArray[np.float64], x: NDArray[np.float64]) -> LogisticFits:
    design = np.stack([np.ones_like(x), x], axis=-1)  # (repeats, n, 2)
    fits = [fit_logistic(labels, columns).coefficients for columns in design]
    return linearize(labels, design, np.stack(fits))


def _mean_slope(slopes: NDArray[np.float64]) -> float:
    """Return the mean of slopes of which some are infinite or NaN and the others count 0."""
    with np.errstate(invalid="ignore"):
        return float(slopes.mean())


def _separation_slope(labels: NDArray[np.float64], x: NDArray[np.float64]) -> float:
    """Return the infinite slope of separated classes, NaN where x is constant, else 0."""
    positive, negative = x[labels == 1.0], x[labels == 0.0]
    if are_equal(x):
        return math.nan
    if positive.min() >= negative.max():
        return math.inf
    return -math.inf if positive.max() <= negative.min() else 0.0


def _calibration_in_the_large(x: NDArray[np.float64], prevalence: float) -> float:
    """Return the a at which the mean of expit(x + a) is the prevalence.

    It maximizes the likelihood and is bracketed by the least and the greatest x. Iterated least
    squares fail to find it if most probabilities are close to 0 and 1.
    """

    middle = float(scipy.special.logit(prevalence))
    low, high = middle - float(x.max()) - 1.0, middle - float(x.min()) + 1.0

    def excess(a: float) -> float:
        return float(scipy.special.expit(x + a).mean()) - prevalence

    return float(scipy.optimize.brentq(excess, low, high, xtol=1e-12))
