"""Net benefit of acting on predicted probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_finite
from lnmbench.stats.bootstrap import bootstrap_intervals
from lnmbench.stats.resampled import Interval
from lnmbench.stats.scoring_rules import require_repeats, require_zero_one


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCurve:
    """Net benefit of the model, of treating all and of none at each threshold, all of one shape."""

    thresholds: NDArray[np.float64]
    model: NDArray[np.float64]
    treat_all: NDArray[np.float64]
    treat_none: NDArray[np.float64]


def net_benefit(y: ArrayLike, p: ArrayLike, thresholds: ArrayLike) -> NDArray[np.float64]:
    """Return the net benefit at each threshold, in true positives per case.

    TP/N − FP/N · t/(1 − t); a case is positive if p ≥ t (Vickers & Elkin 2006). Of several
    repeats, it is the mean over the repeats.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,); one class alone is allowed.
    p
        Predicted probabilities within [0, 1], (n,) or (repeats, n).
    thresholds
        Threshold probabilities within [0, 1), in any shape.

    Returns
    -------
    ndarray
        Net benefit in the shape of `thresholds`.

    Raises
    ------
    ValueError
        For NaN, values outside these ranges, and lengths that differ.

    Examples
    --------
    >>> net_benefit([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], [0.2, 0.5]).round(4).tolist()
    [0.4375, 0.25]
    """
    labels = require_zero_one(y)
    p, t = require_repeats(p, labels.size), _thresholds(thresholds)
    true, false = (_count_reaching(p[:, labels == label], t) / p.size for label in (1.0, 0.0))
    return np.asarray(true - false * t / (1.0 - t))


def net_benefit_intervals(
    y: ArrayLike,
    p: ArrayLike,
    thresholds: ArrayLike,
    *,
    patients: ArrayLike | None = None,
    level: float = 0.95,
) -> list[Interval]:
    """Return the BCa bootstrap interval of the net benefit at each threshold.

    Patients are resampled within the classes, so the prevalence is given; each resample is scored
    in every repeat and averaged. The models are treated as fixed. Raises `ValueError` as
    `net_benefit` does.

    Parameters
    ----------
    y, p
        As in `net_benefit`.
    thresholds
        Threshold probabilities within [0, 1), (q,).
    patients
        Number of each case's patient, (n,); if it is empty or None, each case is a patient.
    level
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    list of Interval
        The interval at each of the q thresholds.
    """
    case_benefits = benefits(y, p, thresholds)

    def resample(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore"):  # without the only patient
            return np.asarray(weights @ case_benefits / weights.sum(axis=1, keepdims=True))

    return bootstrap_intervals(
        resample, len(case_benefits), patients=patients, strata=require_zero_one(y), level=level
    )


def benefits(y: ArrayLike, p: ArrayLike, thresholds: ArrayLike) -> NDArray[np.float64]:
    """Return the net benefit of each case, averaged over repeats.

    1 for a true, −t/(1 − t) for a false positive, else 0. Raises `ValueError` as `net_benefit`
    does.

    Parameters
    ----------
    y, p
        As in `net_benefit`.
    thresholds
        Threshold probabilities within [0, 1), (q,).

    Returns
    -------
    ndarray
        Benefit of each case at each threshold, (n, q); its mean over cases is the net benefit.
    """
    labels, t = require_zero_one(y), _thresholds(thresholds)
    repeats = require_repeats(p, labels.size)
    treated = np.stack([(repeats >= threshold).mean(axis=0) for threshold in t], axis=-1)  # (n, q)
    return np.asarray(treated * np.where(labels[:, None] == 1.0, 1.0, -t / (1.0 - t)))


def decision_curve(y: ArrayLike, p: ArrayLike, thresholds: ArrayLike) -> DecisionCurve:
    """Return the net benefit of the model, of treating all and of treating none.

    Treating all gains π − (1 − π) · t/(1 − t) with the prevalence π, treating none gains 0
    (Vickers & Elkin 2006). Raises `ValueError` as `net_benefit` does.

    Parameters
    ----------
    y
        Labels of 0 and 1, (n,).
    p
        Predicted probabilities within [0, 1], (n,) or (repeats, n).
    thresholds
        Threshold probabilities within [0, 1), in any shape.

    Returns
    -------
    DecisionCurve
        The three net benefits in the shape of `thresholds`.

    Examples
    --------
    >>> curve = decision_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], [0.2, 0.5])
    >>> curve.treat_all.tolist(), curve.treat_none.tolist()
    ([0.375, 0.0], [0.0, 0.0])
    """
    t, prevalence = _thresholds(thresholds), require_zero_one(y).mean()
    return DecisionCurve(
        thresholds=t,
        model=net_benefit(y, p, t),
        treat_all=prevalence - (1.0 - prevalence) * t / (1.0 - t),
        treat_none=np.zeros_like(t),
    )


def _thresholds(thresholds: ArrayLike) -> NDArray[np.float64]:
    t = require_finite(thresholds, "thresholds", at_least=0).reshape(np.shape(thresholds))
    if t.size and (t.min() < 0.0 or t.max() >= 1.0):
        raise ValueError(f"thresholds: expected within [0, 1), got {t.min()} to {t.max()}")
    return t


def _count_reaching(p: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(p.size - np.searchsorted(np.sort(p, axis=None), t, side="left"))
