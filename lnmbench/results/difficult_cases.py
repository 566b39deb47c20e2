"""Ranking of the cases by each method, and the cases that every method ranks wrongly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import MethodResult, Results
from lnmbench.results.complete_methods import complete_methods
from lnmbench.stats.cv_auc import placements

FEWEST_METHODS = 2
WRONG = 0.5
"""Mean placement below which a case is ranked wrongly."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseRanking:
    """The rank and the prediction of each case by each method.

    Attributes
    ----------
    methods
        The methods whose predictions are ranked, without controls.
    placement
        The share of the cases of the other label in the test fold on the right side of the case,
        in the mean over the repeats, (methods, n); its mean over the positive cases is the AUC.
        NaN for a case whose test folds have no case of the other label.
    prediction
        The probability in the mean over the repeats, (methods, n).
    truth
        The labels, 0 or 1, (n,).
    """

    methods: tuple[MethodResult, ...]
    placement: NDArray[np.float64]
    prediction: NDArray[np.float64]
    truth: NDArray[np.float64]

    def difficult(self) -> list[int]:
        """Return the cases that every method ranks wrongly, the most wrong ones first."""
        wrong = np.flatnonzero((self.placement < WRONG).all(axis=0))
        return sorted(wrong.tolist(), key=lambda case: self.placement[:, case].mean())

    def label(self, case: int) -> str:
        """Return the label of a case in words."""
        return "positive" if self.truth[case] else "negative"


def rank_cases(results: Results) -> CaseRanking | None:
    """Rank the cases by the out-of-fold predictions of each complete method.

    Controls, and methods without a prediction for each case, are left out.

    Parameters
    ----------
    results
        The results of one cohort with a binary target.

    Returns
    -------
    CaseRanking or None
        The ranking; None with fewer than two methods, with several outcomes, and if no test fold
        has cases of both labels.
    """
    truth, outer = np.asarray(results.truth), np.asarray(results.outer)
    methods, predictions = [], []
    for result in complete_methods(results):
        predicted = result.predicted
        if result.method.is_control or predicted is None or not np.isfinite(predicted).all():
            continue
        methods.append(result)
        predictions.append(np.asarray(predicted))
    if len(methods) < FEWEST_METHODS:
        return None
    placement = np.stack([place_cases(truth, predicted, outer) for predicted in predictions])
    if not np.isfinite(placement).any():
        return None
    return CaseRanking(
        methods=tuple(methods),
        placement=placement,
        prediction=np.stack([predicted.mean(axis=0) for predicted in predictions]),
        truth=truth,
    )


def place_cases(
    truth: NDArray[np.float64], predicted: NDArray[np.float64], outer: NDArray[np.int16]
) -> NDArray[np.float64]:
    """Return the placement of each case among those of the other label in its test fold.

    Parameters
    ----------
    truth
        Labels of 0 and 1, (n,).
    predicted
        Out-of-fold probabilities, (repeats, n).
    outer
        The outer fold in which each case is tested, (repeats, n).

    Returns
    -------
    ndarray
        As of `lnmbench.stats.cv_auc.placements`, (n,); NaN for a case whose test folds have no case
        of the other label.
    """
    placement = np.full(truth.size, np.nan)
    ranked = _find_ranked(truth, outer) if truth.size else np.zeros(0, dtype=bool)
    if ranked.any():
        placement[ranked] = placements(
            truth[ranked], predicted[:, ranked], outer[:, ranked], what="predictions"
        )
    return placement


def _find_ranked(truth: NDArray[np.float64], outer: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return the cases with a case of the other label in a test fold, (n,)."""
    ranked = np.zeros(truth.size, dtype=bool)
    for folds in outer:
        for fold in np.unique(folds):
            cases = folds == fold
            ranked |= cases & (np.unique(truth[cases]).size > 1)
    return ranked
