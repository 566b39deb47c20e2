from __future__ import annotations

import numpy as np
from lnmbench_baselines.neighbors_classifier import NeighborsClassifier

X = np.array([[0.0], [1.0], [2.0], [10.0]])
Y = np.array([0.0, 0.0, 1.0, 0.0])


def test_the_mean_label_counts_as_one_neighbor() -> None:
    model = NeighborsClassifier(neighbors=2).fit(X, Y)
    p = model.predict_proba(np.array([[0.1], [1.9]]))
    np.testing.assert_allclose(p[:, 1], [(0 + 0.25) / 3, (1 + 0.25) / 3])
    np.testing.assert_allclose(p.sum(1), 1)


def test_no_more_neighbors_than_cases() -> None:
    p = NeighborsClassifier(neighbors=100).fit(X, Y).predict_proba(X)
    np.testing.assert_allclose(p[:, 1], 0.25)
