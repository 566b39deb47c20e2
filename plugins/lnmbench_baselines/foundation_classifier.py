"""TabPFN and TabICL with weights from a file and from nowhere else."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from lnmbench import UserError
from lnmbench_baselines.packages import require_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNREADABLE = (pickle.UnpicklingError, EOFError, KeyError, TypeError, AssertionError, RuntimeError)
"""Errors of the packages for a file that is no checkpoint of theirs."""


class FoundationClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Network that fits only if the file exists: without it, TabPFN would download one.

    Parameters
    ----------
    package
        `tabpfn` or `tabicl`.
    path
        Absolute path of the weights.
    estimators, seed, device
        As in `lnmbench_baselines.foundation`.
    """

    def __init__(
        self,
        package: str = "tabpfn",
        path: str = "",
        estimators: int = 4,
        seed: int = 0,
        device: str = "cpu",
    ) -> None:
        self.package = package
        self.path = path
        self.estimators = estimators
        self.seed = seed
        self.device = device

    def fit(
        self, features: NDArray[np.float64], labels: NDArray[np.float64]
    ) -> FoundationClassifier:
        """Store the training cases: features (n, columns), NaN where missing, and labels (n,).

        Raises
        ------
        UserError
            Without the file, or for one that is no checkpoint of the package.
        """
        path = require_weights(self.package, Path(self.path))
        self._model = self._make_network(path)
        try:
            self._model.fit(features, labels.astype(int))
        except _UNREADABLE as error:
            if "out of memory" in str(error):
                raise
            raise UserError(
                f"cannot use the weights {path.name}",
                where=f"baseline {self.package}",
                expected=f"a classifier's checkpoint of the installed {self.package}",
                got=type(error).__name__,
                then="check that the file is complete and of this version",
            ) from error
        self.classes_ = np.array([0.0, 1.0])
        return self

    def predict_proba(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities of both classes, (n, 2)."""
        predicted = self._model.predict_proba(features)  # float32
        probabilities: NDArray[np.float64] = np.asarray(predicted, dtype=np.float64)
        return probabilities

    def _make_network(self, path: Path) -> Any:
        if self.package == "tabicl":
            from tabicl import TabICLClassifier

            return TabICLClassifier(
                n_estimators=self.estimators,
                model_path=str(path),
                allow_auto_download=False,
                device=self.device,
                random_state=self.seed,
                n_jobs=1,
            )
        from tabpfn import TabPFNClassifier

        return TabPFNClassifier(
            n_estimators=self.estimators,
            model_path=path,
            device=self.device,
            ignore_pretraining_limits=True,
            random_state=self.seed,
        )
