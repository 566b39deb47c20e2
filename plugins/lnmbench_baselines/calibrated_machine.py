"""Support vector machine whose scores are calibrated within the training cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC

if TYPE_CHECKING:
    from numpy.typing import NDArray


class CalibratedMachine(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Support vector machine with a logistic curve through its cross-validated scores (Platt 1999).

    The machine is fitted to all training cases, the curve to the scores of cases that were left
    out. With one case of a class there are none: the probability is then the share of the class.
    Both classes weigh the same in the machine, which otherwise finds no margin for rare events; the
    curve is fitted without weights, so that probabilities have the share of events.

    Parameters
    ----------
    kernel, C
        As in `sklearn.svm.SVC`.
    folds
        Number of folds; fewer if a class has fewer cases.
    seed
        Seed of the folds.
    """

    def __init__(self, kernel: str = "rbf", C: float = 1.0, folds: int = 5, seed: int = 0) -> None:
        self.kernel = kernel
        self.C = C
        self.folds = folds
        self.seed = seed

    def fit(self, features: NDArray[np.float64], labels: NDArray[np.float64]) -> CalibratedMachine:
        """Fit machine and curve to scaled features (n, columns) and labels (n,)."""
        self.classes_, counts = np.unique(labels, return_counts=True)
        folds = min(self.folds, int(counts.min()))
        if folds < 2:
            self._model = DummyClassifier(strategy="prior")
        else:
            splits = StratifiedKFold(folds, shuffle=True, random_state=self.seed)
            machine = SVC(kernel=self.kernel, C=self.C, class_weight="balanced")
            self._model = CalibratedClassifierCV(machine, cv=splits, ensemble=False)
        self._model.fit(features, labels)
        return self

    def predict_proba(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities of both classes, (n, 2)."""
        probabilities: NDArray[np.float64] = self._model.predict_proba(features)
        return probabilities
