"""Linear probes: ridge regressions from features to labels, with out-of-fold scores.

The penalty of each label is chosen inside the training part, by the squared error of leave-one-out
predictions, which ridge regression has in closed form (Golub et al. 1979). With more features than
cases, scikit-learn solves it by the Gram matrix (cases × cases), at once for all labels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST_SDS = 5.0
"""Standardized features beyond are clipped: one that is constant in almost all training cases, as
the output of a rectifier can be, would otherwise be hundreds of SDs away in a test case."""

PENALTIES = tuple(float(penalty) for penalty in np.logspace(-3.0, 3.0, 13))
"""Penalties from which one is chosen, relative to the number of features."""


def cross_validated_ridge(
    features: NDArray[np.floating],
    labels: ArrayLike,
    folds: ArrayLike,
    *,
    penalties: tuple[float, ...] = PENALTIES,
) -> NDArray[np.float64]:
    """Return out-of-fold scores of the labels, each fold's by ridge regression on the others.

    Means and penalties differ between the folds, which lowers a correlation or an AUC over all
    cases: compute either in each fold, and average.

    Parameters
    ----------
    features
        Features (n, p), finite.
    labels
        Numbers or 0 and 1, (n,) or (n, labels); NaN where unknown. Cases without a label get a
        score and train nothing.
    folds
        Fold of each case (n,), integers; cases of one patient belong into one fold.
    penalties
        Candidates for the penalty, relative to the number of features.

    Returns
    -------
    ndarray
        Scores in the units of the labels, of their shape; NaN if a training part has fewer than
        two known labels.

    Raises
    ------
    ValueError
        For lengths that differ, features that are not finite, and fewer than two folds.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((60, 3))
    >>> scores = cross_validated_ridge(x, x[:, 0], np.arange(60) % 5)
    >>> bool(np.corrcoef(scores, x[:, 0])[0, 1] > 0.99)
    True
    """
    fold = np.asarray(folds)
    if np.unique(fold).size < 2:
        raise ValueError("folds: expected at least two")
    scores = np.full(np.shape(labels), np.nan)
    for number in np.unique(fold):
        inside = fold == number
        scores[inside] = predict_by_ridge(features, labels, ~inside, penalties=penalties)[inside]
    return scores


def predict_by_ridge(
    features: NDArray[np.floating],
    labels: ArrayLike,
    training: NDArray[np.bool_],
    *,
    penalties: tuple[float, ...] = PENALTIES,
) -> NDArray[np.float64]:
    """Return scores of all cases by ridge regression on the training part.

    Scores of the training part itself are in-sample.

    Parameters
    ----------
    features
        Features (n, p), finite; they are standardized by the training part, and clipped to 5 SDs.
    labels
        Numbers or 0 and 1, (n,) or (n, labels); NaN where unknown.
    training
        Mask of the training part (n,).
    penalties
        Candidates for the penalty, relative to the number of features.

    Returns
    -------
    ndarray
        Scores in the units of the labels, of their shape; NaN if fewer than two labels are known
        in the training part.

    Raises
    ------
    ValueError
        For lengths that differ and features that are not finite.
    """
    x, y = np.asarray(features, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    if not len(x) == len(y) == len(training):
        raise ValueError(f"expected one length, got {len(x)}, {len(y)} and {len(training)}")
    if not np.isfinite(x).all():
        raise ValueError("features: expected finite numbers")
    columns = y.reshape(len(y), -1)
    known = ~np.isnan(columns) & np.asarray(training, dtype=bool)[:, None]
    scores = np.full(columns.shape, np.nan)
    # labels that are known in the same cases share one decomposition
    patterns, pattern = np.unique(known, axis=1, return_inverse=True)
    for number, cases in enumerate(patterns.T):
        if cases.sum() >= 2:
            chosen = pattern.ravel() == number
            scores[:, chosen] = _predict(x, columns[:, chosen], cases, penalties)
    return scores.reshape(y.shape)


def _predict(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    cases: NDArray[np.bool_],
    penalties: tuple[float, ...],
) -> NDArray[np.float64]:
    """Return scores (n, labels) of all rows by the cases, whose labels are all known."""
    from sklearn.linear_model import RidgeCV
    from sklearn.preprocessing import StandardScaler

    z = np.clip(StandardScaler().fit(x[cases]).transform(x), -MOST_SDS, MOST_SDS)
    model = RidgeCV(alphas=np.array(penalties) * x.shape[1], alpha_per_target=True)
    scores: NDArray[np.float64] = model.fit(z[cases], y[cases]).predict(z).reshape(len(x), -1)
    return scores
