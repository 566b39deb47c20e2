"""Gaussian process classifier whose prior has no opinion on the share of positive cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

INTERCEPT_VARIANCE = 10.0


class ProcessClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Gaussian process with a squared exponential kernel and a free intercept (Laplace).

    The kernel is fixed, so that a fit takes one inversion of an n × n matrix for each Newton step
    and not a search for the greatest marginal likelihood. Without the intercept, far cases would
    have the probability ½, whatever the share of positive ones (Rasmussen and Williams 2006).

    Parameters
    ----------
    amplitude
        Prior standard deviation of the logit.
    length
        Length scale, in units of the square root of the number of features.
    """

    def __init__(self, amplitude: float = 1.0, length: float = 1.0) -> None:
        self.amplitude = amplitude
        self.length = length

    def fit(self, features: NDArray[np.float64], labels: NDArray[np.float64]) -> ProcessClassifier:
        """Fit the process to scaled features (n, columns) and labels (n,)."""
        scale = self.length * np.sqrt(features.shape[1])
        kernel = ConstantKernel(self.amplitude**2) * RBF(scale) + ConstantKernel(INTERCEPT_VARIANCE)
        self._process = GaussianProcessClassifier(kernel, optimizer=None, copy_X_train=False)
        self._process.fit(features, labels)
        self.classes_ = self._process.classes_
        return self

    def predict_proba(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities of both classes, (n, 2)."""
        probabilities: NDArray[np.float64] = self._process.predict_proba(features)
        return probabilities
