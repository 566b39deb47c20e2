"""Linear probes against normal equations, written out, and on features without information."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench.stats.discrimination import auc
from lnmbench.stats.linear_probe import cross_validated_ridge, predict_by_ridge

FOLDS = np.arange(90) % 5


def draw(features: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return features (90, features) and a label (90,) that depends on the first two."""
    random = np.random.default_rng(seed)
    x = random.normal(3.0, 2.0, (90, features))
    return x, x[:, 0] - 0.5 * x[:, 1] + random.normal(0, 1.0, 90)


def solve(
    x: np.ndarray, y: np.ndarray, training: np.ndarray, penalty: float
) -> tuple[np.ndarray, float]:
    """Return scores of all cases by the normal equations, and the leave-one-out squared error."""

    def predict(cases: np.ndarray) -> np.ndarray:
        center, middle = z[cases].mean(axis=0), y[cases].mean()
        inner = z[cases] - center
        gram = inner.T @ inner + penalty * x.shape[1] * np.eye(x.shape[1])
        slopes: np.ndarray = np.linalg.solve(gram, inner.T @ (y[cases] - middle))
        return middle + (z - center) @ slopes

    z = (x - x[training].mean(axis=0)) / x[training].std(axis=0)
    errors = []
    for case in np.flatnonzero(training):
        others = training.copy()
        others[case] = False
        errors.append((predict(others)[case] - y[case]) ** 2)
    return predict(training), float(np.mean(errors))


@pytest.mark.parametrize("features", [4, 150])
def test_agrees_with_the_normal_equations_at_the_penalty_of_the_least_error(features: int) -> None:
    x, y = draw(features)
    training = FOLDS != 2
    penalties = (0.01, 0.3, 10.0)
    solved = [solve(x, y, training, penalty) for penalty in penalties]
    expected, _ = min(solved, key=lambda pair: pair[1])
    scores = predict_by_ridge(x, y, training, penalties=penalties)
    np.testing.assert_allclose(scores, expected, rtol=1e-7)


def test_a_fold_is_scored_without_its_own_labels() -> None:
    x, y = draw()
    changed = np.where(FOLDS == 1, -y, y)
    before, after = (cross_validated_ridge(x, label, FOLDS) for label in (y, changed))
    np.testing.assert_array_equal(before[FOLDS == 1], after[FOLDS == 1])
    assert (before != after)[FOLDS != 1].all()


def test_labels_together_get_the_scores_of_each_alone() -> None:
    x, y = draw(150)
    other = np.where(np.arange(90) % 7 == 0, np.nan, x[:, 2])
    both = cross_validated_ridge(x, np.stack([y, other, -y], axis=1), FOLDS)
    for column, label in enumerate((y, other, -y)):
        np.testing.assert_allclose(
            both[:, column], cross_validated_ridge(x, label, FOLDS), atol=1e-9
        )


def test_an_unknown_label_trains_nothing_and_its_case_has_a_score() -> None:
    x, y = draw()
    known = np.arange(90) >= 20
    scores = predict_by_ridge(x, np.where(known, y, np.nan), np.ones(90, dtype=bool))
    np.testing.assert_allclose(scores, predict_by_ridge(x, y, known))
    assert np.isnan(cross_validated_ridge(x, np.full(90, np.nan), FOLDS)).all()


def test_features_without_information_predict_nothing() -> None:
    x = np.random.default_rng(3).standard_normal((90, 200))
    labels = np.random.default_rng(4).permuted(
        np.tile((np.arange(90) < 30)[:, None], (1, 60)), axis=0
    )
    folds = np.random.default_rng(5).permutation(FOLDS)
    scores = cross_validated_ridge(x, labels, folds)
    areas = [
        auc(label[folds == k].astype(float), score[folds == k])
        for label, score in zip(labels.T, scores.T, strict=True)
        for k in range(5)
        if 0 < label[folds == k].sum() < 18
    ]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.03)


def test_a_feature_that_is_constant_in_training_does_not_decide_about_a_test_case() -> None:
    x, y = draw()
    training = np.arange(90) < 80
    rare = np.where(training, 0.0, 1.0)
    rare[0] = 1e-4
    alone = predict_by_ridge(x, y, training)
    both = predict_by_ridge(np.column_stack([x, rare]), y, training)
    assert np.abs(both - alone).max() < 2.0 * y.std()


def test_wrong_input_is_refused() -> None:
    x, y = draw()
    with pytest.raises(ValueError, match="at least two"):
        cross_validated_ridge(x, y, np.zeros(90))
    with pytest.raises(ValueError, match="one length"):
        cross_validated_ridge(x, y[:80], FOLDS)
    with pytest.raises(ValueError, match="finite"):
        cross_validated_ridge(np.where(x > 5, np.nan, x), y, FOLDS)
