"""Power of a question's test: differences that it can detect at the threshold that decides.

With Holm's correction the smallest p of a family of m tests is compared with .05 / m; that is the
threshold here for each test of the family.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import PluginError
from lnmbench.records import MethodResult, Results, ScoreCases
from lnmbench.results.effects import Effect, deciding_alpha
from lnmbench.results.questions import Question
from lnmbench.stats.cv_auc import placement_components, placements
from lnmbench.stats.delong import Components, correlate_components
from lnmbench.stats.new_cohort import GainCurve, NewCohort, estimate_new_cohort, simulate_gains

TARGET_POWER = 0.8


def power_in_new_cohort(results: Results, question: Question, metric: str) -> NewCohort | None:
    """Return the error of the corrected test in a new cohort of the same size.

    Parameters
    ----------
    results
        The results of both methods.
    question
        The methods.
    metric
        A primary metric that every fold of both methods defines.

    Returns
    -------
    NewCohort or None
        The error by true difference; None if the metric has a threshold, which other folds chose,
        or cannot be computed.
    """
    by_key = {result.method.fingerprint: result for result in results.method_results}
    method = by_key[question.method.fingerprint]
    reference = by_key[question.reference.fingerprint]
    function = results.metric_functions.get(metric)
    differences = _fold_differences(method, reference, metric)
    if function is None or differences is None:
        return None
    placed = [_place(results, result) for result in (method, reference)]
    if any(components is None for components in placed):
        return None
    a, b = (components for components in placed if components is not None)
    try:
        curve = _curve(function, round(b.auc, 2), results.positives, results.n - results.positives)
    except PluginError:
        return None
    if not (np.isfinite(curve.gains).all() and np.isfinite(curve.errors).all()):
        return None
    return estimate_new_cohort(
        differences,
        test_train_ratio=results.protocol.test_train_ratio,
        placement_correlation=correlate_components(a, b),
        curve=curve,
    )


def detectable_in_new_cohort(results: Results, question: Question, effect: Effect) -> float:
    """Return the true difference that a new cohort of this size shows with 80 % power.

    Parameters
    ----------
    results
        The results of both methods.
    question
        The methods.
    effect
        The effect of the question in the metric.

    Returns
    -------
    float
        The difference at the threshold that decides; infinite if even the greatest possible one has
        less power, NaN if it is not known.
    """
    cohort = power_in_new_cohort(results, question, effect.metric)
    if cohort is None:
        return math.nan
    return cohort.detectable(power=TARGET_POWER, level=1.0 - deciding_alpha(results, effect.role))


def _fold_differences(
    method: MethodResult, reference: MethodResult, metric: str
) -> NDArray[np.float64] | None:
    scores = [result.scores.get(metric) for result in (method, reference)]
    if any(score is None or score.thresholds is not None for score in scores):
        return None
    a, b = (score.values for score in scores if score is not None)
    return None if np.isnan(a - b).any() else a - b


def _place(results: Results, result: MethodResult) -> Components | None:
    if result.predicted is None:
        return None
    placed = placements(results.truth, result.predicted, results.outer)
    return placement_components(results.truth, placed)


@lru_cache(maxsize=64)
def _curve(metric: ScoreCases, auc: float, positives: int, negatives: int) -> GainCurve:
    return simulate_gains(metric, auc=auc, positives=positives, negatives=negatives)
