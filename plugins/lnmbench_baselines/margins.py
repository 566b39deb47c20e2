"""Models of distances between cases: nearest neighbors and the support vector machine."""

from __future__ import annotations

from typing import Any

from lnmbench import UserError
from lnmbench.classical import ClassicalModel, grid
from lnmbench_baselines.limits import require_seed

NEIGHBORS = (100, 60, 40, 25, 15, 8)


def knn() -> ClassicalModel:
    """Nearest neighbors; their number from the inner folds."""

    def classifier() -> Any:
        from lnmbench_baselines.neighbors_classifier import NeighborsClassifier

        return NeighborsClassifier()

    return ClassicalModel(classifier=classifier, search=grid(neighbors=NEIGHBORS))


def svm(folds: int = 5, seed: int = 0) -> ClassicalModel:
    """Support vector machine with calibrated probabilities; kernel and C from the inner folds.

    Parameters
    ----------
    folds
        Number of folds of the training cases on whose scores the probabilities are calibrated.
    seed
        Seed of these folds.
    """

    if folds < 2:
        raise UserError(
            "wrong value for folds", where="baseline svm", expected="2 or more", got=str(folds)
        )
    require_seed("svm", seed)

    def classifier() -> Any:
        from lnmbench_baselines.calibrated_machine import CalibratedMachine

        return CalibratedMachine(folds=folds, seed=seed)

    search = [
        *grid(kernel=("linear",), C=(0.01, 0.1, 1.0)),
        *grid(kernel=("rbf",), C=(0.1, 1.0, 10.0)),
    ]
    return ClassicalModel(classifier=classifier, search=search)
