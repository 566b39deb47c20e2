"""Leading principal components, as many as the training cases determine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler


class LeadingComponents:
    """Scores of the leading principal components of standardized features.

    Parameters
    ----------
    components
        The number of components; fewer if there are fewer cases or features.
    """

    def __init__(self, components: int) -> None:
        self.components = components

    def fit(self, features: NDArray[np.float64]) -> LeadingComponents:
        """Find the components of the features of training cases (t, d)."""
        self._scaler = StandardScaler().fit(features)
        # one dimension less than cases, because the mean is subtracted
        most = min(len(features) - 1, features.shape[1])
        pca = PCA(n_components=min(self.components, most), svd_solver="full")
        self._pca = pca.fit(self._scaler.transform(features))
        return self

    def transform(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores (m, components) of features (m, d)."""
        return np.asarray(self._pca.transform(self._scaler.transform(features)))
