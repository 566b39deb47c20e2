"""Changes of out-of-fold predictions by an auxiliary task."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Method, MethodResult, Results
from lnmbench.results.complete_methods import complete_methods
from lnmbench.results.formatting import format_decimal
from lnmbench.results.learned_tasks import unlearned_tasks
from lnmbench.results.method_relations import is_reference_of
from lnmbench.results.questions import Question
from lnmbench.stats.discrimination import auc

NORMAL = NormalDist()
UNCHANGED = 0.9995
"""Correlation from which on predictions count as unchanged.

The part of the new predictions that is not in the old ones has a standard deviation of √(1 − r²),
.032 at this limit. If it were as informative as the predictions themselves, it would raise an AUC
of .78 by .007; docs/checks.md has measurements.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionChange:
    """The change of the target's out-of-fold probabilities from a reference to a method.

    `correlation` is Pearson's, `mean_absolute` the mean absolute difference of the probabilities;
    both are computed in each repeat, and for each outcome
    of a target with several, and averaged. `correlation` is NaN if a method gives all cases
    of a repeat one probability.
    """

    correlation: float
    mean_absolute: float

    @property
    def is_negligible(self) -> bool:
        """True if the comparison could not have shown an effect of the auxiliary task."""
        return self.correlation >= UNCHANGED or self.mean_absolute == 0.0

    def possible_gain(self, area: float) -> float:
        """Return the gain over an AUC that the correlation allows, NaN if one of them is undefined.

        The new predictions are r · old + √(1 − r²) · new information. If this is as informative as
        the old predictions, their binormal separation d becomes (r + √(1 − r²)) d.
        """
        r = self.correlation
        if not (0.0 <= r <= 1.0 and 0.0 < area < 1.0):
            return math.nan
        separation = NORMAL.inv_cdf(area) * max(1.0, r + math.sqrt(1.0 - r * r))
        return NORMAL.cdf(separation) - area

    @property
    def numbers(self) -> str:
        """Both numbers as text, as `correlation .998, mean absolute change .007`."""
        return (
            f"correlation {format_decimal(self.correlation)},"
            f" mean absolute change {format_decimal(self.mean_absolute)}"
        )


def prediction_change(results: Results, question: Question) -> PredictionChange | None:
    """Return how much a question's method changes the predictions of its reference.

    Parameters
    ----------
    results
        The results of both methods.
    question
        A method and its reference.

    Returns
    -------
    PredictionChange or None
        The change; None if one of the methods lacks predictions.
    """
    by_key = {result.method.fingerprint: _columns(result) for result in results.method_results}
    after = by_key.get(question.method.fingerprint)
    before = by_key.get(question.reference.fingerprint)
    if after is None or before is None or not np.isfinite([after, before]).all():
        return None
    pairs = zip(after, before, strict=True)  # of (n,)
    return PredictionChange(
        correlation=float(np.mean([_correlate(a, b) for a, b in pairs])),
        mean_absolute=float(np.abs(after - before).mean()),
    )


def possible_gain(results: Results, question: Question) -> float:
    """Return the gain in AUC that the change of the predictions allows, NaN if it is unknown.

    It is an estimate for a binary target: see `PredictionChange.possible_gain`.
    """
    change = prediction_change(results, question)
    predicted = [
        result.predicted
        for result in results.method_results
        if result.method.fingerprint == question.reference.fingerprint
    ]
    if change is None or predicted[0] is None or not _is_binary(results.truth):
        return math.nan
    areas = [auc(results.truth, scores) for scores in predicted[0]]
    return change.possible_gain(float(np.mean(areas)))


def can_show_effect(results: Results, question: Question) -> bool:
    """Return whether a comparison could have shown an effect of the auxiliary tasks in question.

    It could not if the method hardly changes the predictions of its reference, or learns none of
    the tasks. What is not known speaks for the comparison.
    """
    change = prediction_change(results, question)
    if change is not None and change.is_negligible:
        return False
    return not (question.aux and learns_nothing(results, question.method))


def learns_nothing(results: Results, method: Method) -> bool:
    """Return whether a method learns none of its auxiliary tasks."""
    unlearned = unlearned_tasks(results, method)
    return bool(unlearned) and len(unlearned) == len(method.aux)


def prediction_changes(results: Results) -> dict[str, PredictionChange]:
    """Return the changes by all auxiliary tasks, negative controls included, by fingerprint.

    The reference of each complete network is the same network without its auxiliary tasks; a
    network without a reference is left out.
    """
    methods = [result.method for result in complete_methods(results)]
    changes = {
        method.fingerprint: prediction_change(results, Question(method=method, reference=reference))
        for method in methods
        for reference in methods
        if is_reference_of(reference, method)
    }
    return {key: change for key, change in changes.items() if change is not None}


def _columns(result: MethodResult) -> NDArray[np.float64] | None:
    """Return the predictions of each repeat and outcome, (repeats · m, n)."""
    if result.outcome_predictions is None:
        return result.predicted
    by_outcome = np.moveaxis(result.outcome_predictions, 2, 1)  # (repeats, m, n)
    return by_outcome.reshape(-1, by_outcome.shape[2])


def _is_binary(truth: NDArray[np.float64]) -> bool:
    return truth.ndim == 1 and np.unique(truth).tolist() == [0.0, 1.0]


def _correlate(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return Pearson's correlation of (n,) and (n,), NaN if one of them is constant."""
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])
