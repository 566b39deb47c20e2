from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.feature_selection import f_classif

from lnmbench.feature_selection import HIGHEST_CORRELATION, select_columns, select_features
from lnmbench.records import Column, FeatureSelection

Features = NDArray[np.float64]


@pytest.fixture
def features() -> tuple[Features, NDArray[np.float64]]:
    """40 noisy features in 5 correlated groups; the first of two groups carries signal."""
    rng = np.random.default_rng(3)
    labels = (np.arange(120) % 3 == 0).astype(float)
    latent = rng.normal(size=(120, 5))
    latent[:, 0] += 1.5 * labels
    latent[:, 1] += 0.9 * labels
    values = np.repeat(latent, 8, axis=1) + rng.normal(0, 0.6, (120, 40))
    return values * 10.0 ** (np.arange(40) % 7) + 5, labels


def rank_slowly(values: Features, labels: NDArray[np.float64], most: int) -> list[int]:
    """The definitions of the correlation filter and of mRMR, one pair of features at a time."""
    relevance = f_classif(values, labels)[0]

    def correlate(a: int, b: int) -> float:
        return abs(float(np.corrcoef(values[:, a], values[:, b])[0, 1]))

    distinct: list[int] = []
    for each in sorted(range(values.shape[1]), key=lambda index: -relevance[index]):
        if all(correlate(each, other) <= HIGHEST_CORRELATION for other in distinct):
            distinct.append(each)
    selected: list[int] = []
    while len(selected) < most and len(selected) < len(distinct):
        scores = {
            each: relevance[each]
            / (np.mean([correlate(each, other) for other in selected]) if selected else 1)
            for each in distinct
            if each not in selected
        }
        selected.append(max(scores, key=lambda index: scores[index]))
    return selected


def test_mrmr_follows_its_definition(features: tuple[Features, NDArray[np.float64]]) -> None:
    values, labels = features
    selected = select_features(values, labels, "mrmr", 6)
    assert selected == rank_slowly(values, labels, 6)
    assert {index // 8 for index in selected[:2]} == {0, 1}, "one of each group with signal first"


def test_the_correlation_filter_keeps_the_more_relevant_of_two() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0.0, 1.0], 30)
    signal = labels + rng.normal(0, 0.5, 60)
    noisy = signal + rng.normal(0, 0.1, 60)
    values = np.column_stack([noisy, signal, rng.normal(size=60), np.full(60, 7.0)])
    selected = select_features(values, labels, "correlation", 10)
    assert sorted(selected) == [1, 2], "neither the noisy copy nor the constant"
    assert selected[0] == 1


def test_lasso_selects_what_scikit_learn_does(
    features: tuple[Features, NDArray[np.float64]],
) -> None:
    from sklearn.linear_model import Lasso
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.preprocessing import StandardScaler

    values, labels = features
    scaled = StandardScaler().fit_transform(values)
    distinct = select_features(values, labels, "correlation", 10)
    strongest = np.abs(scaled[:, distinct].T @ (labels - labels.mean())).max() / len(labels)
    search = GridSearchCV(
        Lasso(max_iter=10_000, tol=1e-3),
        {"alpha": strongest * np.logspace(0, -1.5, 25)},
        scoring="neg_mean_squared_error",
        cv=StratifiedKFold(5),
    ).fit(scaled[:, distinct], labels)
    expected = {distinct[i] for i in np.flatnonzero(search.best_estimator_.coef_)}
    selected = select_features(values, labels, "lasso", 40)
    assert set(selected) == expected
    assert 2 <= len(selected) < len(distinct)
    assert select_features(values, labels, "lasso", 2) == selected[:2]


def test_missing_values_and_classes_that_are_too_small() -> None:
    rng = np.random.default_rng(1)
    labels = np.zeros(30)
    labels[:1] = 1
    values = rng.normal(size=(30, 6))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[:, 2] = np.nan
    assert len(select_features(values, labels, "lasso", 3)) == 1
    assert 2 not in select_features(values, labels, "mrmr", 6)
    assert len(select_features(np.full((30, 4), np.nan), labels, "mrmr", 2)) == 1


def test_clinical_features_and_categories_are_kept() -> None:
    rng = np.random.default_rng(2)
    columns = [
        *(Column(name=f"c{i}", role="feature") for i in range(5)),
        *(Column(name=f"r{i}", role="feature", modality="radiomics") for i in range(8)),
        *(Column(name=f"p{i}", role="feature", modality="pet") for i in range(3)),
        Column(
            name="side", role="feature", kind="nominal", categories=("a", "b"), modality="radiomics"
        ),
    ]
    values = rng.normal(size=(50, len(columns)))
    labels = (rng.random(50) < 0.5).astype(float)
    selection = FeatureSelection(method="mrmr", most=3)
    kept = select_columns(columns, values, labels, selection)
    names = [columns[index].name for index in kept]
    assert len([name for name in names if name.startswith("r")]) == 3
    assert {"side", "p0", "p1", "p2", *(f"c{i}" for i in range(5))} <= set(names)
    assert kept == sorted(kept)
    assert select_columns(columns, values, labels, FeatureSelection()) == list(range(len(columns)))
