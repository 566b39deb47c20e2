"""Nearest neighbors with probabilities between 0 and 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neighbors import NearestNeighbors

if TYPE_CHECKING:
    from numpy.typing import NDArray


class NeighborsClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Share of positive cases among the nearest ones, with the mean label as one more neighbor.

    Without the additional neighbor, a case all of whose neighbors are negative would have the
    probability 0, which is infinitely wrong if it is positive.

    Parameters
    ----------
    neighbors
        Number of neighbors; all training cases if they are fewer.
    """

    def __init__(self, neighbors: int = 25) -> None:
        self.neighbors = neighbors

    def fit(
        self, features: NDArray[np.float64], labels: NDArray[np.float64]
    ) -> NeighborsClassifier:
        """Store scaled features (n, columns) and labels (n,)."""
        self.classes_ = np.unique(labels)
        self._labels = np.asarray(labels)
        self._search = NearestNeighbors(n_neighbors=min(self.neighbors, len(labels))).fit(features)
        return self

    def predict_proba(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities of both classes, (n, 2)."""
        nearest = self._labels[self._search.kneighbors(features, return_distance=False)]  # (n, k)
        positive = (nearest.sum(axis=1) + self._labels.mean()) / (nearest.shape[1] + 1)
        return np.column_stack([1.0 - positive, positive])
