"""Gain by a perfect auxiliary label: simulation from a known risk."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.discrimination import auc
from lnmbench.stats.linear_probe import cross_validated_ridge


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
    without, gains = [], []
    for target, score in zip(targets.T, scores.T, strict=True):
        base = np.column_stack([clinical, score])
        area = _cross_validated_auc(base, target, masks)
        without.append(area)
        gains.append(
            _cross_validated_auc(np.column_stack([base, latent_score]), target, masks) - area
        )
    spread = float(np.std(gains, ddof=1))
    return LabelGain(
        draws=len(gains),
        without=float(np.mean(without)),
        gain=float(np.mean(gains)),
        error=spread / math.sqrt(len(gains)),
        spread=spread,
    )


def _standardize(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = scores.std(axis=0)
    standardized: NDArray[np.float64] = (scores - scores.mean(axis=0)) / np.where(
        deviation > 0.0, deviation, 1.0
    )
    return standardized


def _cross_validated_auc(
    x: NDArray[np.float64], target: NDArray[np.float64], masks: list[NDArray[np.bool_]]
) -> float:
    from sklearn.linear_model import LogisticRegression

    areas = []
    for mask in masks:
        model = LogisticRegression(max_iter=1000).fit(x[~mask], target[~mask])
        areas.append(auc(target[mask], model.decision_function(x[mask])))
    return float(np.mean(areas))
