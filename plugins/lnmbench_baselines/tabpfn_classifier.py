"""TabPFN with weights from a file and from nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from lnmbench_baselines.packages import require_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray


class FileTabPFN(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """TabPFN that fits only if the file exists: without it, the package would download one.

    Parameters
    ----------
    path
        Absolute path of the weights.
    estimators, seed, device
        As in `lnmbench_baselines.foundation.tabpfn`.
    """

    def __init__(
        self, path: str = "", estimators: int = 4, seed: int = 0, device: str = "cpu"
    ) -> None:
        self.path = path
        self.estimators = estimators
        self.seed = seed
        self.device = device

    def fit(self, features: NDArray[np.float64], labels: NDArray[np.float64]) -> FileTabPFN:
        """Store the training cases: features (n, columns), NaN where missing, and labels (n,)."""
        from tabpfn import TabPFNClassifier

        self._model = TabPFNClassifier(
            n_estimators=self.estimators,
            model_path=require_weights("tabpfn", Path(self.path)),
            device=self.device,
            ignore_pretraining_limits=True,
            random_state=self.seed,
        )
        self._model.fit(features, labels.astype(int))
        self.classes_ = np.array([0.0, 1.0])
        return self

    def predict_proba(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities of both classes, (n, 2)."""
        predicted = self._model.predict_proba(features)  # float32
        probabilities: NDArray[np.float64] = np.asarray(predicted, dtype=np.float64)
        return probabilities
