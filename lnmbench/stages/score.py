"""score: metrics of predictions on every outer fold, and their summary."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Metric, ProbabilityMetric, Thresholded
from lnmbench.errors import PluginError, UserError
from lnmbench.records import (
    Cost,
    Estimate,
    FoldScores,
    Method,
    MethodResult,
    Protocol,
)
from lnmbench.stats.resampled import corrected_interval
from lnmbench.text import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

Validation = Sequence[tuple[int, int, "NDArray[np.float64]"]]
"""(repeat, fold, probabilities (t,) of the training cases by fits that did not train on them)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabeledPredictions:
    """Out-of-fold predictions of a method, with the labels and folds of their cases.

    Attributes
    ----------
    predicted
        Probabilities (repeats, n), or (repeats, n, …) as the metric takes them.
    truth
        Labels (n,) of 0 and 1; of a target with outcomes, those that the metric takes. Cases whose
        label is NaN are left out.
    outer
        (repeats, n): the outer fold in which a case is tested.
    validation
        The predictions of the inner folds, which choose the thresholds.
    partial
        Whether a fold may lack a class, or cases with a label; then the metric may be NaN.
    """

    predicted: NDArray[np.float64]
    truth: NDArray[np.float64]
    outer: NDArray[np.int16]
    validation: Validation = ()
    partial: bool = False

    def empty_scores(self) -> NDArray[np.float64]:
        """Return NaN for each outer fold, (repeats, folds)."""
        return np.full((self.outer.shape[0], int(self.outer.max()) + 1), np.nan)

    def training_labels(
        self,
    ) -> Iterator[tuple[int, int, NDArray[np.float64], NDArray[np.float64]]]:
        """Yield (repeat, fold, labels, probabilities) of the labeled training cases of folds."""
        has_label = _has_label(self.truth)
        for repeat, fold, probabilities in self.validation:
            training = self.outer[repeat] != fold
            labeled = has_label[training]
            yield repeat, fold, self.truth[training][labeled], probabilities[labeled]


def fold_scores(
    predictions: LabeledPredictions,
    *,
    metric: Metric,
    name: str,
    method: str,
    thresholds: NDArray[np.float64] | None = None,
) -> FoldScores:
    """Return one metric of one method on every outer fold.

    Parameters
    ----------
    predictions
        The predictions of the method.
    metric, name
        The metric and its name.
    method
        The fingerprint of the method.
    thresholds
        (repeats, folds), for a metric that has a threshold.

    Raises
    ------
    UserError
        For a fold that lacks a prediction or has only one class.
    """
    truth, values = predictions.truth, predictions.empty_scores()
    for repeat, fold in np.ndindex(*values.shape):
        tested = (predictions.outer[repeat] == fold) & _has_label(truth)
        labels, scores = truth[tested], predictions.predicted[repeat][tested]
        where = f"repeat {repeat + 1}, fold {fold + 1}"
        _refuse_missing(scores, method=method, where=where)
        if not predictions.partial:
            _refuse_single_class(labels, where=where)
        if not len(labels):
            value = math.nan
        elif thresholds is not None and isinstance(metric, Thresholded):
            threshold = float(thresholds[repeat, fold])
            value = math.nan if math.isnan(threshold) else metric(labels, scores, threshold)
        else:
            value = metric(labels, scores)
        values[repeat, fold] = value
    return FoldScores(method=method, metric=name, values=values, thresholds=thresholds)


def summarize(
    values: NDArray[np.float64], protocol: Protocol, bounds: tuple[float, float]
) -> Estimate:
    """Return the mean over the outer folds with its corrected 95 % interval.

    The correction is that of Nadeau & Bengio (2003).

    Parameters
    ----------
    values
        (repeats, folds); NaN is left out. With fewer than two other values, the mean is NaN.
    protocol
        The protocol, which has the ratio of test and training cases.
    bounds
        The smallest and the largest value of the metric, to which the interval is truncated.
    """
    defined = values[~np.isnan(values)]
    if defined.size < 2:
        return Estimate(value=float("nan"))
    interval = corrected_interval(defined, test_train_ratio=protocol.test_train_ratio)
    low, high = np.clip((interval.low, interval.high), *bounds)
    return Estimate(value=float(defined.mean()), low=float(low), high=float(high))


def spread(values: NDArray[np.float64]) -> float:
    """Return the standard deviation (ddof 1) over outer folds.

    Parameters
    ----------
    values
        Metric values (repeats, folds); NaN is left out.

    Returns
    -------
    float
        NaN with fewer than two other values.
    """
    defined = values[~np.isnan(values)]
    return float(np.std(defined, ddof=1)) if defined.size > 1 else float("nan")


def score(
    method: Method,
    predictions: LabeledPredictions,
    *,
    protocol: Protocol,
    metrics: Mapping[str, Metric],
    units_done: int,
    cost: Cost,
    faults: dict[str, str] | None = None,
) -> MethodResult:
    """Return the result of a method, without scores while units are missing.

    Calls, and a method that lacks predictions of some cases, have no scores.

    Parameters
    ----------
    method
        The method.
    predictions
        Its predictions.
    protocol
        The protocol of the run.
    metrics
        The metrics of the target by name.
    units_done
        The number of units that have a result.
    cost
        The computing cost of these units.
    faults
        The fault of each metric that failed, by name: the result has no scores of it. Faults are
        added; by default they are raised.

    Raises
    ------
    UserError
        As in `fold_scores`.
    """
    result = MethodResult(
        method=method,
        units_done=units_done,
        units_all=protocol.units,
        cost=cost,
        predicted=predictions.predicted,
    )
    if units_done != protocol.units or not method.is_scored:
        return result
    scores, inner = {}, None
    for name, metric in metrics.items():
        if faults and name in faults:
            continue
        if method.scale == "rating" and _needs_probabilities(metric):
            values = predictions.empty_scores()
            scores[name] = FoldScores(method=method.fingerprint, metric=name, values=values)
            continue
        try:
            scores[name] = fold_scores(
                predictions,
                metric=metric,
                name=name,
                method=method.fingerprint,
                thresholds=_thresholds(metric, predictions),
            )
            if name == protocol.primary[0]:
                inner = _score_validation(metric, predictions)
        except PluginError as error:
            if faults is None:
                raise
            faults[name] = str(error)
            scores.pop(name, None)
    return replace(
        result,
        scores=scores,
        summary={
            name: summarize(metric_scores.values, protocol, metrics[name].bounds)
            for name, metric_scores in scores.items()
        },
        spread={name: spread(metric_scores.values) for name, metric_scores in scores.items()},
        inner=inner,
    )


def _needs_probabilities(metric: Metric) -> bool:
    return isinstance(metric, ProbabilityMetric) and metric.needs_probabilities


def _thresholds(metric: Metric, predictions: LabeledPredictions) -> NDArray[np.float64] | None:
    if not isinstance(metric, Thresholded):
        return None
    thresholds = predictions.empty_scores()
    for repeat, fold, labels, probabilities in predictions.training_labels():
        if len(np.unique(labels)) > 1:
            thresholds[repeat, fold] = metric.threshold(labels, probabilities)
    return thresholds


def _score_validation(
    metric: Metric, predictions: LabeledPredictions
) -> NDArray[np.float64] | None:
    """Return the metric of the validation predictions of each unit, (repeats, folds)."""
    if isinstance(metric, Thresholded) or not predictions.validation:
        return None
    values = predictions.empty_scores()
    for repeat, fold, labels, probabilities in predictions.training_labels():
        if len(labels):
            values[repeat, fold] = metric(labels, probabilities)
    return values


def _has_label(truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether a case has any label, bool (n,), of labels (n,) or (n, m)."""
    return np.asarray(~np.isnan(truth.reshape(len(truth), -1)).all(axis=1))


def _refuse_missing(scores: NDArray[np.float64], *, method: str, where: str) -> None:
    if not np.isfinite(scores).all():
        raise UserError(
            f"method {method} lacks predictions",
            where=where,
            got=f"{np.count_nonzero(~np.isfinite(scores))} of {scores.size} missing",
            then="the ledger was changed after the run: run into a new folder",
        )


def _refuse_single_class(labels: NDArray[np.float64], *, where: str) -> None:
    classes = np.unique(labels)
    if classes.size < 2:
        cases = f"{plural(labels.size, 'case')}, all {classes[0]:g}" if labels.size else "no case"
        raise UserError(
            "a test fold has only one class",
            where=where,
            expected="both classes in every outer fold",
            got=cases,
            then="use fewer folds",
        )
