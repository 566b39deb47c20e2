"""score: loss of a metric when an input is permuted, on every outer fold."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Metric
from lnmbench.records import InputImportance, InputKind, PermutedPredictions, Plan
from lnmbench.stages.score import summarize
from lnmbench.stages.target_score import scored_probabilities

UNBOUNDED = (-np.inf, np.inf)


def score_importance(
    permuted: Iterable[tuple[int, int, PermutedPredictions]],
    predicted: NDArray[np.float64],
    plan: Plan,
    *,
    metric: Metric,
    name: str,
) -> tuple[InputImportance, ...]:
    """Return the importance of each input whose predictions all outer folds have.

    Parameters
    ----------
    permuted
        The repeat, outer fold and predictions with each permuted input.
    predicted
        The test predictions (repeats, n, m) of the unchanged inputs.
    plan
        The plan, with the labels and folds.
    metric, name
        The metric and its name.
    """
    labels = plan.truth if plan.outcomes is None else plan.outcomes.labels
    has_label = np.asarray(~np.isnan(labels.reshape(len(labels), -1)).all(axis=1))
    sign = 1.0 if metric.greater_is_better else -1.0
    shape = (plan.protocol.repeats, plan.protocol.folds)
    unchanged: dict[tuple[int, int], float] = {}
    losses: dict[tuple[InputKind, str], NDArray[np.float64]] = {}
    units: dict[tuple[InputKind, str], int] = {}

    def score(truth: NDArray[np.float64], values: NDArray[np.float64]) -> float:
        scored = scored_probabilities(values, plan.outcomes)
        return metric(truth, scored) if len(truth) else np.nan

    for repeat, fold, each in permuted:
        tested = np.flatnonzero(plan.splits.outer[repeat] == fold)
        known = has_label[tested]
        truth = labels[tested][known]
        if (repeat, fold) not in unchanged:
            unchanged[repeat, fold] = score(truth, predicted[repeat, tested][known])
        scores = [score(truth, values[known]) for values in each.values]
        key = (each.kind, each.name)
        by_fold = losses.setdefault(key, np.full(shape, np.nan))
        by_fold[repeat, fold] = sign * (unchanged[repeat, fold] - np.mean(scores))
        units[key] = units.get(key, 0) + 1
    return tuple(
        InputImportance(
            kind=kind,
            name=input_name,
            metric=name,
            losses=by_fold,
            loss=summarize(by_fold, plan.protocol, UNBOUNDED),
        )
        for (kind, input_name), by_fold in losses.items()
        if units[kind, input_name] == plan.protocol.units
    )
