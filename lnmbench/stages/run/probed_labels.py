"""Labels of a linear probe, and the summary of their out-of-fold scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from lnmbench.records import Cohort, Estimate, Plan, ProbedLabel
from lnmbench.stats.discrimination import auc
from lnmbench.stats.linear_probe import cross_validated_ridge
from lnmbench.stats.resampled import corrected_interval

FEWEST_KNOWN = 20
"""Cases that must have an auxiliary label."""
MOST_LABELS = 50
"""Auxiliary labels; those that a target or task uses come first."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelValues:
    """A label of n cases: class numbers or measures, NaN where unknown; `classes` of a nominal one.

    `record` has no scores yet.
    """

    record: ProbedLabel
    values: NDArray[np.float64]
    classes: int = 0

    @property
    def columns(self) -> NDArray[np.float64]:
        """The numbers to predict, (n, columns): the label, or an indicator of each class."""
        if self.record.kind != "nominal":
            return self.values[:, None]
        classes = np.arange(self.classes, dtype=np.float64)
        is_class = (self.values[:, None] == classes).astype(np.float64)
        return np.where(np.isnan(self.values)[:, None], np.nan, is_class)


def collect_labels(cohort: Cohort, plan: Plan, cases: NDArray[np.int64]) -> Iterator[LabelValues]:
    """Yield the target with its outcomes, then auxiliary labels; of these, what enough cases have.

    Parameters
    ----------
    cohort
        The cohort.
    plan
        The plan with the target.
    cases
        Positions of the n cases in the plan.
    """
    name = plan.protocol.target
    first = name if plan.outcomes is None else f"{name}, any outcome"
    target = ProbedLabel(name=first, role="target", kind="binary", known=len(cases))
    yield LabelValues(record=target, values=plan.truth[cases])
    outcomes = () if plan.outcomes is None else plan.outcomes.names
    for column_number, outcome in enumerate(outcomes):
        labels = plan.endpoints[cases, column_number]
        known = labels[~np.isnan(labels)]
        if len(known) >= FEWEST_KNOWN and known.min() < known.max():
            record = replace(target, name=f"{name}, {outcome}", known=len(known))
            yield LabelValues(record=record, values=labels)
    positions = cohort.positions(plan.ids)[cases]
    columns = [column for column in cohort.columns if column.role == "aux"]
    columns.sort(key=lambda column: column.label is None)
    for column in columns[:MOST_LABELS]:
        values = np.asarray(cohort.values[column.name], dtype=np.float64)[positions]
        known = values[~np.isnan(values)]
        if len(known) >= FEWEST_KNOWN and known.min() < known.max():
            record = ProbedLabel(name=column.name, role="aux", kind=column.kind, known=len(known))
            # no score depends on the unit, and squares of huge numbers overflow
            scale = np.abs(known).max() if column.kind == "continuous" else 1.0
            yield LabelValues(record=record, values=values / scale, classes=len(column.categories))


def score_labels(
    features: NDArray[np.float64], labels: Sequence[LabelValues], folds: NDArray[np.int64]
) -> tuple[ProbedLabel, ...]:
    """Return the labels with the scores of ridge regressions on the features.

    Parameters
    ----------
    features
        Features (n, p), finite.
    labels
        The labels of the n cases.
    folds
        Fold of each case in each repeat, (repeats, n).
    """
    columns = [label.columns for label in labels]
    together, ends = np.concatenate(columns, axis=1), np.cumsum([c.shape[1] for c in columns])
    by_repeat = [
        np.split(cross_validated_ridge(features, together, fold), ends[:-1], axis=1)
        for fold in folds
    ]
    return tuple(
        _summarize(label, [scores[index] for scores in by_repeat], folds)
        for index, label in enumerate(labels)
    )


def _summarize(
    label: LabelValues, scores: Sequence[NDArray[np.float64]], folds: NDArray[np.int64]
) -> ProbedLabel:
    values, known = label.values, ~np.isnan(label.values)
    tested = [
        (values[inside & known], of_repeat[inside & known])
        for of_repeat, fold in zip(scores, folds, strict=True)
        for inside in (fold == number for number in np.unique(fold))
    ]
    ratio = 1.0 / (len(np.unique(folds)) - 1)
    if label.record.kind == "binary":
        return replace(
            label.record, auc=_estimate([_auc(y == 1.0, s[:, 0]) for y, s in tested], ratio)
        )
    if label.record.kind == "nominal":
        return replace(label.record, auc=_estimate([_macro_auc(y, s) for y, s in tested], ratio))
    errors = [np.square(values - of_repeat[:, 0])[known].mean() for of_repeat in scores]
    r2 = float(1.0 - np.mean(errors) / values[known].var())
    return replace(
        label.record,
        spearman=_estimate([_rank_correlation(y, s[:, 0]) for y, s in tested], ratio, low=-1.0),
        r2=r2 if math.isfinite(r2) else None,
    )


def _auc(positive: NDArray[np.bool_], score: NDArray[np.float64]) -> float:
    if positive.all() or not positive.any():
        return math.nan
    return auc(positive.astype(np.float64), score)


def _macro_auc(values: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    areas = [_auc(values == number, scores[:, number]) for number in range(scores.shape[1])]
    defined = [area for area in areas if not math.isnan(area)]
    return float(np.mean(defined)) if defined else math.nan


def _rank_correlation(values: NDArray[np.float64], score: NDArray[np.float64]) -> float:

    if len(values) < 2 or np.ptp(values) == 0.0 or np.ptp(score) == 0.0:
        return math.nan
    return float(scipy.stats.spearmanr(values, score).statistic)


def _estimate(values: Sequence[float], ratio: float, *, low: float = 0.0) -> Estimate | None:
    """Return the mean with its corrected interval; None if half of the folds do not define it."""
    defined = [value for value in values if math.isfinite(value)]
    if len(defined) < max(2.0, len(values) / 2.0):
        return None
    interval = corrected_interval(defined, test_train_ratio=ratio)
    return Estimate(
        value=float(np.mean(defined)), low=max(interval.low, low), high=min(interval.high, 1.0)
    )
