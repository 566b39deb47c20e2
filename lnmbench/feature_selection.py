"""Selection of features of wide modalities, fitted on training cases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import (
    CLINICAL_MODALITY,
    Column,
    FeatureSelection,
    SelectionMethod,
)

HIGHEST_CORRELATION = 0.9
"""Of two features that correlate more than this, the filter keeps the more relevant one."""
_FOLDS = 5
_PENALTIES = np.logspace(0, -1.5, 25)
_TINY = 1e-12


def select_columns(
    columns: Sequence[Column],
    values: NDArray[np.float64],
    labels: NDArray[np.float64],
    selection: FeatureSelection,
) -> list[int]:
    """Return the columns that a model gets, as positions in their order.

    Clinical features and categories are kept. Of each other modality with more numbers than the
    selection leaves, some are selected.

    Parameters
    ----------
    columns
        The columns, (m,).
    values
        Their values of the training cases, (n, m), NaN if missing.
    labels
        The labels of the training cases, 0 or 1, (n,).
    selection
        The method, as in `select_features`, and the number.
    """
    selected = set(range(len(columns)))
    for wide in list_wide(columns, selection):
        relevant = select_features(values[:, wide], labels, selection.method, selection.most)
        selected -= set(wide)
        selected |= {wide[position] for position in relevant}
    return sorted(selected)


def list_wide(columns: Sequence[Column], selection: FeatureSelection) -> list[list[int]]:
    """Return the positions of the numbers of each modality from which features are selected.

    Parameters
    ----------
    columns
        The columns.
    selection
        The method, and the number above which a modality is wide.
    """
    if selection.method == "none":
        return []
    modalities = sorted({column.modality for column in columns} - {CLINICAL_MODALITY})
    positions = [
        [
            index
            for index, column in enumerate(columns)
            if column.modality == modality and column.kind == "continuous"
        ]
        for modality in modalities
    ]
    return [wide for wide in positions if len(wide) > selection.most]


def select_features(
    values: NDArray[np.float64], labels: NDArray[np.float64], method: SelectionMethod, most: int
) -> list[int]:
    """Return the selected features, the most relevant one first; at least one.

    Parameters
    ----------
    values
        The features of the training cases, (n, m), NaN if missing.
    labels
        Their labels, 0 or 1, (n,).
    method
        `correlation`: of two features with a correlation above .9, the one with the greater F
        statistic. `mrmr` and `lasso` follow this filter. `mrmr`: the features with the greatest
        relevance (F statistic) divided by redundancy (mean absolute correlation with those selected
        before), one after the other (Ding and Peng 2005). `lasso`: those with a coefficient in a
        linear model with an L1 penalty (Tibshirani 1996), which cross-validation of the training
        cases chooses; the greatest coefficient first.
    most
        The largest number of features for `mrmr` and `lasso`.
    """
    if method == "none":
        return list(range(values.shape[1]))
    scaled = _standardize(values)
    relevance = _f_statistics(scaled, labels)
    order = np.argsort(-relevance, kind="stable").tolist()
    distinct = _drop_correlated(scaled, order)
    if method == "correlation":
        return distinct
    if method == "mrmr":
        return _rank_by_mrmr(scaled, relevance, distinct, most)
    return _select_by_lasso(scaled, labels, distinct, most)


def _standardize(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return features of mean 0 and variance 1; the median if missing, 0 if constant."""
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    for index in np.flatnonzero(~known.all(axis=0)):
        if known[:, index].any():
            filled[~known[:, index], index] = np.median(values[known[:, index], index])
    filled = filled - filled.mean(axis=0)
    largest = np.abs(filled).max(axis=0)
    filled = filled / np.where(largest > 0, largest, 1.0)  # squares of large values overflow
    deviation = filled.std(axis=0)
    is_constant = deviation <= _TINY
    return np.where(is_constant, 0.0, filled / np.where(is_constant, 1.0, deviation))


def _f_statistics(scaled: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the F statistic of each feature: variance between the classes over that within."""
    positive = labels == 1
    share = positive.mean()
    n = len(labels)
    if not 0 < share < 1 or n <= 2:
        return np.zeros(scaled.shape[1])
    difference = scaled[positive].mean(axis=0) - scaled[~positive].mean(axis=0)
    explained = np.clip(share * (1 - share) * difference**2, 0.0, 1.0 - _TINY)
    statistics: NDArray[np.float64] = explained / (1 - explained) * (n - 2)
    return statistics


def _drop_correlated(scaled: NDArray[np.float64], order: Sequence[int]) -> list[int]:
    """Return the features that correlate little with those before them in an order."""
    correlation = np.abs(scaled.T @ scaled) / len(scaled)
    distinct: list[int] = []
    for index in order:
        if (
            correlation[index, index] > 0
            and not (correlation[index, distinct] > HIGHEST_CORRELATION).any()
        ):
            distinct.append(index)
    return distinct or list(order[:1])


def _rank_by_mrmr(
    scaled: NDArray[np.float64],
    relevance: NDArray[np.float64],
    candidates: Sequence[int],
    most: int,
) -> list[int]:
    correlation = np.abs(scaled.T @ scaled) / len(scaled)
    remaining, selected = list(candidates), list[int]()
    while remaining and len(selected) < most:
        redundancy = correlation[np.ix_(remaining, selected)].mean(axis=1) if selected else 1.0
        score = relevance[remaining] / np.maximum(redundancy, _TINY)
        selected.append(remaining.pop(int(np.argmax(score))))
    return selected


def _select_by_lasso(
    scaled: NDArray[np.float64],
    labels: NDArray[np.float64],
    candidates: Sequence[int],
    most: int,
) -> list[int]:
    from sklearn.linear_model import LassoCV
    from sklearn.model_selection import StratifiedKFold

    features = scaled[:, candidates]
    folds = min(_FOLDS, int(min(labels.sum(), len(labels) - labels.sum())))
    if folds < 2:
        return list(candidates[:1])
    strongest = float(np.abs(features.T @ (labels - labels.mean())).max()) / len(labels)
    model = LassoCV(
        alphas=max(strongest, _TINY) * _PENALTIES,
        cv=list(StratifiedKFold(folds).split(features, labels)),
        max_iter=10_000,
        tol=1e-3,
    )
    size = np.abs(model.fit(features, labels).coef_)
    ranked = np.argsort(-size, kind="stable").tolist()
    selected = [candidates[position] for position in ranked[:most] if size[position] > 0]
    return selected or list(candidates[:1])
