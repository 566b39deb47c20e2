"""Gain by a perfect auxiliary label, against cases whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from lnmbench.stats.label_gain import fit_logistic, simulate_label_gain

N = 200
RANDOM = np.random.default_rng(0)
LATENT = RANDOM.standard_normal(N)
CLINICAL = RANDOM.standard_normal((N, 2))
RISK = 1.0 / (1.0 + np.exp(-(1.5 * LATENT + CLINICAL[:, 0])))
FOLDS = np.arange(N) % 5


def add_noise(width: int, strength: float) -> NDArray[np.float64]:
    """Return features that hold the latent variable in each of ten columns, and noise."""
    features = np.random.default_rng(1).standard_normal((N, width))
    features[:, :10] += strength * LATENT[:, None]
    return features


def test_a_label_that_many_noisy_features_hold_helps_within_the_attainable() -> None:
    result = simulate_label_gain(
        add_noise(400, 0.5), CLINICAL, LATENT, RISK, FOLDS, draws=20, seed=0
    )
    labels = (np.random.default_rng(2).random((200, N)) < RISK).astype(float)
    attainable = np.mean([roc_auc_score(label, RISK) for label in labels])
    assert result.draws == 20
    assert result.gain > 5 * result.error > 0.0
    assert result.without + result.gain < attainable + 0.01
    assert result.error == pytest.approx(result.spread / math.sqrt(20))


def test_a_label_that_the_targets_score_equals_adds_nothing() -> None:
    # with one feature, every ridge score has the order of this feature
    result = simulate_label_gain(LATENT[:, None], CLINICAL, LATENT, RISK, FOLDS, draws=20, seed=0)
    assert abs(result.gain) < 0.005
    alone = simulate_label_gain(
        LATENT[:, None], np.zeros((N, 0)), LATENT, RISK, FOLDS, draws=20, seed=0
    )
    assert alone.without < result.without


def test_a_label_without_relation_to_the_risk_does_not_help() -> None:
    unrelated = np.random.default_rng(3).standard_normal(N)
    features = np.column_stack([add_noise(50, 1.0), unrelated])
    result = simulate_label_gain(features, CLINICAL, unrelated, RISK, FOLDS, draws=20, seed=0)
    assert result.gain < 0.003


def test_draws_depend_on_the_seed_alone() -> None:
    features = add_noise(20, 0.5)
    runs = [
        simulate_label_gain(features, CLINICAL, LATENT, RISK, FOLDS, draws=5, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_targets_of_one_class_leave_nothing_to_compare() -> None:
    result = simulate_label_gain(
        add_noise(20, 0.5), CLINICAL, LATENT, np.zeros(N), FOLDS, draws=5, seed=0
    )
    assert result.draws == 0
    assert math.isnan(result.gain)


def test_regressions_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal((4, 60, 5))
    y = (random.random((4, 60)) < 1.0 / (1.0 + np.exp(-2.0 * x[..., 0] - 1.0))).astype(float)
    y[3] = x[3, :, 1] > 0.0  # separable: only the penalty keeps the coefficients finite
    weights = fit_logistic(x, y)
    for one_x, one_y, fitted in zip(x, y, weights, strict=True):
        model = LogisticRegression(tol=1e-10, max_iter=10_000).fit(one_x, one_y)
        expected = [*model.coef_[0], model.intercept_[0]]
        assert fitted == pytest.approx(expected, abs=1e-4)
