"""Columns without any value in the training cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

if TYPE_CHECKING:
    from numpy.typing import NDArray


class EmptyColumns(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Zeros in the columns that no training case has; other missing values stay NaN."""

    def fit(self, features: NDArray[np.float64], labels: object = None) -> EmptyColumns:
        """Find the columns of training cases (n, columns) that are NaN throughout."""
        self.empty_ = np.isnan(features).all(axis=0)
        return self

    def transform(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the features (n, columns) with zeros in these columns."""
        return np.where(self.empty_, 0.0, features)
