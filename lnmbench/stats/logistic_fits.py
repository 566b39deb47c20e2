"""Logistic regressions of an outcome on the predictions of each repeat, and their resamples."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticFit:
    """Coefficients (k,) of a logistic regression, and whether the fit converged."""

    coefficients: NDArray[np.float64]
    converged: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogisticFits:
    """Logistic regressions of one outcome, one for each repeat, and their resamples.

    Attributes
    ----------
    coefficients
        Coefficients of each repeat, (repeats, k).
    scores
        Contribution of each case to the derivative of the log-likelihood, (n, repeats, k).
    information
        Contribution of each case to its negative second derivative, (n, repeats, k, k).
    """

    coefficients: NDArray[np.float64]
    scores: NDArray[np.float64]
    information: NDArray[np.float64]

    def resample(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the coefficients with weighted cases by one Newton step from those of all cases.

        The one-step bootstrap of Moulton & Zeger (1991, Computational Statistics & Data Analysis
        11): it differs from a complete fit by a term of the order 1/n, and always exists.

        Parameters
        ----------
        weights
            Weights of the cases, (b, n).

        Returns
        -------
        ndarray
            (b, repeats, k), not finite where the weighted information is singular.
        """
        (n, repeats, k), b = self.scores.shape, len(weights)
        score = (weights @ self.scores.reshape(n, -1)).reshape(b, repeats, k, 1)
        information = (weights @ self.information.reshape(n, -1)).reshape(b, repeats, k, k)
        # a matrix of zeros gives a step that is not finite instead of an error
        trace = np.trace(information, axis1=-2, axis2=-1)[..., None, None]
        ridge = np.eye(k) * (1e-13 * trace + 1e-300)
        with np.errstate(all="ignore"):
            step = np.linalg.solve(information + ridge, score)[..., 0]
        return np.asarray(self.coefficients + step)


def fit_logistic(y: NDArray[np.float64], design: NDArray[np.float64]) -> LogisticFit:
    """Fit a logistic regression by maximum likelihood.

    Parameters
    ----------
    y
        Labels 0 and 1, (n,).
    design
        Columns of the design (n, k); a constant column is the intercept.

    Returns
    -------
    LogisticFit
        Coefficients (k,), and whether the fit converged.
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    # a fit that diverges warns; the caller checks `converged` and the size of the fit
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        result = GLM(y, design, family=Binomial()).fit()
        return LogisticFit(
            coefficients=np.asarray(result.params, dtype=np.float64),
            converged=bool(result.converged),
        )


def linearize(
    labels: NDArray[np.float64],
    design: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    *,
    offset: NDArray[np.float64] | float = 0.0,
) -> LogisticFits:
    """Return logistic regressions with the contributions of the cases to their likelihood.

    Parameters
    ----------
    labels
        Labels 0 and 1, (n,).
    design
        Columns of the design of each repeat, (repeats, n, k).
    coefficients
        Coefficients of each repeat that maximize its likelihood, (repeats, k).
    offset
        Part of the linear predictor without a coefficient, (repeats, n) or a number.

    Returns
    -------
    LogisticFits
        The regressions.
    """
    log_odds = np.einsum("rnk,rk->rn", design, coefficients) + offset
    risk = scipy.special.expit(log_odds).T  # (n, repeats)
    columns = np.ascontiguousarray(design.swapaxes(0, 1))  # (n, repeats, k)
    variance = (risk * (1.0 - risk))[..., None, None]
    return LogisticFits(
        coefficients=coefficients,
        scores=(labels[:, None] - risk)[..., None] * columns,
        information=variance * columns[..., :, None] * columns[..., None, :],
    )
