"""score: metrics of a target, as a whole and by outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Metric
from lnmbench.records import Cost, Method, MethodResult, Outcomes, Plan, class_probabilities
from lnmbench.stages.score import LabeledPredictions, Validation, score

if TYPE_CHECKING:
    from numpy.typing import NDArray


def score_target(
    method: Method,
    predicted: NDArray[np.float64],
    validation: Validation,
    plan: Plan,
    *,
    metrics: Mapping[str, Metric],
    outcome_metrics: Mapping[str, Metric],
    units_done: int,
    cost: Cost,
    faults: dict[str, str] | None = None,
) -> MethodResult:
    """Return the result of a method, without scores while units are missing.

    Parameters
    ----------
    method
        The method.
    predicted
        Probabilities (repeats, n, m) of the m outcomes of the target.
    validation
        The predictions of the inner folds.
    plan
        The plan, with the labels and folds.
    metrics
        The metrics of the target by name.
    outcome_metrics
        The metrics of each outcome by name, if there are several.
    units_done, cost
        The number of units that have a result, and their computing cost.
    faults
        The fault of each metric that failed, as in `lnmbench.stages.score.score`.
    """
    protocol, outer, outcomes = plan.protocol, plan.splits.outer, plan.outcomes
    if outcomes is None:
        return score(
            method,
            LabeledPredictions(
                predicted=predicted[..., 0], truth=plan.truth, outer=outer, validation=validation
            ),
            protocol=protocol,
            metrics=metrics,
            units_done=units_done,
            cost=cost,
            faults=faults,
        )
    columns = len(outcomes.names)
    if predicted.shape[2] < columns:  # no unit has a result yet
        predicted = np.full((*predicted.shape[:2], columns), np.nan)
    whole = score(
        method,
        LabeledPredictions(
            predicted=scored_probabilities(predicted, outcomes),
            truth=outcomes.labels,
            outer=outer,
            validation=[
                (repeat, fold, scored_probabilities(p, outcomes)) for repeat, fold, p in validation
            ],
            partial=True,
        ),
        protocol=protocol,
        metrics=metrics,
        units_done=units_done,
        cost=cost,
        faults=faults,
    )
    by_outcome = {}
    for column, name in enumerate(outcomes.names if whole.complete else ()):
        labels = outcomes.values[:, column]
        known = ~np.isnan(labels)
        by_outcome[name] = score(
            method,
            LabeledPredictions(
                predicted=predicted[:, known, column],
                truth=labels[known],
                outer=outer[:, known],
                validation=[
                    (repeat, fold, p[known[outer[repeat] != fold], column])
                    for repeat, fold, p in validation
                ],
                partial=True,
            ),
            protocol=protocol,
            metrics=outcome_metrics,
            units_done=units_done,
            cost=cost,
            faults=faults,
        )
    return replace(whole, predicted=None, outcome_predictions=predicted, by_outcome=by_outcome)


def scored_probabilities(
    predicted: NDArray[np.float64], outcomes: Outcomes | None
) -> NDArray[np.float64]:
    """Return what the metrics of a target take.

    Parameters
    ----------
    predicted
        Probabilities of the outcomes, (…, m).
    outcomes
        The outcomes; None for a binary target, of which m is 1.

    Returns
    -------
    array
        (…) of a binary target, (…, m + 1) of ordered classes, else (…, m).
    """
    if outcomes is None:
        return predicted[..., 0]
    return predicted if outcomes.kind == "multilabel" else class_probabilities(predicted)
