"""Gain by a perfect auxiliary label: simulation from a known risk."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.discrimination import auc
from lnmbench.stats.linear_probe import cross_validated_ridge

_MOST_STEPS, _TOLERANCE = 30, 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelGain:
    """Mean AUC without the auxiliary label, mean gain, its Monte Carlo error, SD over the draws."""

    draws: int
    without: float
    gain: float
    error: float
    spread: float


def simulate_label_gain(
    features: NDArray[np.floating],
    clinical: NDArray[np.float64],
    latent: ArrayLike,
    risk: ArrayLike,
    folds: ArrayLike,
    *,
    draws: int,
    seed: int,
) -> LabelGain:
    """Return the gain in AUC by a perfect auxiliary label, the latent variable itself.

    For each target that is drawn from the risk, two logistic regressions are compared on the same
    folds: on the clinical features and the out-of-fold ridge score of the target, and on these and
    the out-of-fold ridge score of the latent variable. The AUC is computed in each fold.

    Parameters
    ----------
    features
        Image features (n, p), finite.
    clinical
        Clinical features (n, c), imputed and scaled; c may be 0.
    latent
        Latent variable (n,).
    risk
        True probability of the target (n,).
    folds
        Fold of each case (n,).
    draws
        Number of targets to draw.
    seed
        Seed of the draws.

    Returns
    -------
    LabelGain
        The gain; NaN if fewer than two draws have cases of both classes in each fold.
    """
    fold = np.asarray(folds)
    probability = np.asarray(risk, dtype=np.float64)
    random = np.random.default_rng(seed)
    targets = (random.random((draws, len(probability))) < probability).T.astype(np.float64)
    masks = [fold == number for number in np.unique(fold)]
    varied = np.all([np.ptp(targets[mask], axis=0) > 0.0 for mask in masks], axis=0)
    targets = targets[:, varied]  # (n, draws)
    if targets.shape[1] < 2:
        nan = math.nan
        return LabelGain(draws=targets.shape[1], without=nan, gain=nan, error=nan, spread=nan)
    scores = _standardize(cross_validated_ridge(features, targets, fold))
    latent_score = _standardize(cross_validated_ridge(features, latent, fold)[:, None])
    shared = np.broadcast_to(clinical, (targets.shape[1], *clinical.shape))
    base = np.concatenate([shared, scores.T[..., None]], axis=2)  # (draws, n, c + 1)
    latent_column = np.broadcast_to(latent_score, (*base.shape[:2], 1))
    without = _cross_validated_aucs(base, targets.T, masks)
    gains = (
        _cross_validated_aucs(np.append(base, latent_column, axis=2), targets.T, masks) - without
    )
    spread = float(gains.std(ddof=1))
    return LabelGain(
        draws=len(gains),
        without=float(without.mean()),
        gain=float(gains.mean()),
        error=spread / math.sqrt(len(gains)),
        spread=spread,
    )


def _standardize(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = scores.std(axis=0)
    standardized: NDArray[np.float64] = (scores - scores.mean(axis=0)) / np.where(
        deviation > 0.0, deviation, 1.0
    )
    return standardized


def _cross_validated_aucs(
    x: NDArray[np.float64], targets: NDArray[np.float64], masks: list[NDArray[np.bool_]]
) -> NDArray[np.float64]:
    """Return the mean AUC over the folds of each draw, for x (draws, n, p), targets (draws, n)."""
    areas = np.empty((len(masks), len(x)))
    for index, mask in enumerate(masks):
        weights = fit_logistic(x[:, ~mask], targets[:, ~mask])
        scores = np.einsum("dnp,dp->dn", x[:, mask], weights[:, :-1])
        areas[index] = [auc(y, score) for y, score in zip(targets[:, mask], scores, strict=True)]
    mean: NDArray[np.float64] = areas.mean(axis=0)
    return mean


def fit_logistic(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit many logistic regressions at once, with a ridge penalty of 1/2 on the coefficients.

    Newton's method, as iteratively reweighted least squares; the objective is that of
    scikit-learn's LogisticRegression with C = 1.

    Parameters
    ----------
    x
        Features (models, n, p), of about unit variance.
    y
        Labels 0 and 1, (models, n).

    Returns
    -------
    ndarray
        Coefficients and, last, the intercept (models, p + 1).
    """
    design = np.append(x, np.ones((*x.shape[:2], 1)), axis=2)  # (models, n, p + 1)
    penalty = np.append(np.ones(x.shape[2]), 1e-9)
    weights = np.zeros((len(x), design.shape[2]))
    for _ in range(_MOST_STEPS):
        probability = scipy.special.expit(np.einsum("mnp,mp->mn", design, weights))
        gradient = np.einsum("mnp,mn->mp", design, probability - y) + penalty * weights
        weighted = design * (probability * (1.0 - probability))[..., None]
        hessian = weighted.transpose(0, 2, 1) @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        weights -= step
        if np.abs(step).max() < _TOLERANCE:
            break
    return weights
