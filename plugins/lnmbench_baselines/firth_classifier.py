"""Firth's logistic regression for any columns, with an unpenalized intercept."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from firthmodels import FirthLogisticRegression
from scipy.linalg import qr
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RANK_TOLERANCE = 1e-9
_LARGEST_LOGIT = 50.0


class FirthClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Firth's penalized likelihood (1993) on linearly independent columns.

    With as many of them as cases, there is no information left, and the share of events is
    predicted. Columns of zeros and ones that add up to 1 depend on each other, and the model needs
    columns that do not. Predictions are the same whatever columns are left out: the penalty is
    Jeffreys' prior, which does not depend on the parametrization.

    Parameters
    ----------
    flic
        Whether to fit the intercept again, by maximum likelihood with the linear predictor as an
        offset (FLIC, Puhr et al. 2017).
    """

    def __init__(self, flic: bool = True) -> None:
        self.flic = flic

    def fit(self, features: NDArray[np.float64], labels: NDArray[np.float64]) -> FirthClassifier:
        """Fit the model.

        Parameters
        ----------
        features
            Complete numbers, (n, columns).
        labels
            0 and 1, both present, (n,).
        """
        columns = independent_columns(features)
        if len(columns) + 1 >= len(labels):
            warnings.warn(
                "Firth's regression has as many coefficients as training cases: the share of events"
                " is predicted instead; use logistic, or fewer features",
                stacklevel=2,
            )
            columns = columns[:0]
        self.classes_, self.columns_ = np.array([0.0, 1.0]), columns
        self.coef_, self.intercept_ = np.zeros(len(columns)), 0.0
        if len(columns):
            model = FirthLogisticRegression(backend="numpy", max_iter=500, max_halfstep=50)
            with warnings.catch_warnings():
                # standard errors, which are not used, cannot be computed of separated classes
                warnings.filterwarnings("ignore", category=RuntimeWarning)
                model.fit(features[:, columns], labels)
            self.coef_, self.intercept_ = np.asarray(model.coef_), float(model.intercept_)
        if self.flic or not len(columns):
            self.intercept_ = fit_intercept(features[:, columns] @ self.coef_, labels)
        return self

    def predict_proba(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities of both classes, (n, 2)."""
        positive = expit(self.intercept_ + features[:, self.columns_] @ self.coef_)
        return np.column_stack([1.0 - positive, positive])


def independent_columns(features: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the positions of columns that, with a constant, span all of them."""
    centered = features - features.mean(axis=0)
    if not centered.size:
        return np.empty(0, dtype=np.int64)
    _, triangle, order = qr(centered, mode="economic", pivoting=True)
    sizes = np.abs(np.diag(triangle))
    rank = int((sizes > _RANK_TOLERANCE * max(1.0, sizes[0])).sum())
    return np.sort(order[:rank]).astype(np.int64)


def fit_intercept(offset: NDArray[np.float64], labels: NDArray[np.float64]) -> float:
    """Return the intercept with which the mean probability equals the share of positive labels.

    Parameters
    ----------
    offset
        The linear predictor without intercept, (n,).
    labels
        0 and 1, both present, (n,).
    """
    low, high = -offset.max() - _LARGEST_LOGIT, -offset.min() + _LARGEST_LOGIT
    return float(brentq(lambda a: expit(a + offset).sum() - labels.sum(), low, high))
