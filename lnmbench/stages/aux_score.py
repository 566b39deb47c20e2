"""score: metrics of an auxiliary task on every outer fold, and their summary."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Metric, Thresholded
from lnmbench.errors import PluginError
from lnmbench.records import AuxLabels, AuxScore, Protocol
from lnmbench.stages.score import summarize

if TYPE_CHECKING:
    from numpy.typing import NDArray


def score_aux_task(
    labels: AuxLabels,
    predicted: NDArray[np.float64],
    metrics: Mapping[str, Metric],
    outer: NDArray[np.int16],
    *,
    protocol: Protocol,
    faults: dict[str, str] | None = None,
) -> AuxScore:
    """Return the performance of a method on an auxiliary task.

    Each metric is computed on each outer fold of each repeat, as those of the target. Pooled over
    folds, predictions of labels without information would be worse than chance: a fold with more
    positive cases leaves fewer of them to train on.

    Parameters
    ----------
    labels
        The labels of the task.
    predicted
        Predictions (repeats, n, outputs), followed by the labels if these are from examples. Cases
        without any, such as those without images, are not scored.
    metrics
        All metrics by name; those of the label's kind are used. A metric that a fold does not
        define is left out of the mean, and is NaN if fewer than two folds define it.
    outer
        (repeats, n): the outer fold in which a case is tested.
    protocol
        The protocol of the run.
    faults
        The fault of each metric that failed, by name: the score lacks it. Faults are added; by
        default they are raised.
    """
    if labels.from_examples:
        labels, predicted = _split_labels(labels, predicted)
    unpredicted = np.isnan(predicted).reshape(len(predicted), len(labels.values), -1)
    known = labels.scored & ~unpredicted.all(axis=(0, 2))
    if labels.kind not in ("ordinal", "nominal"):
        predicted = predicted.reshape(len(predicted), *labels.values.shape)
    constant = _constant_prediction(labels, known, predicted)
    estimates, chance, folds = {}, {}, {}
    for name, metric in metrics.items():
        is_scored = labels.kind in metric.kinds and not isinstance(metric, Thresholded)
        if not is_scored or (faults and name in faults):
            continue
        try:
            values, by_chance = (
                _score_folds(labels.values, scores, np.where(known, outer, -1), metric)
                for scores in (predicted, constant)
            )
        except PluginError as error:
            if faults is None:
                raise
            faults[name] = str(error)
        else:
            defined = ~np.isnan(values)
            estimates[name] = summarize(values, protocol, metric.bounds)
            chance[name] = float(by_chance[defined].mean()) if defined.any() else math.nan
            folds[name] = int(defined.sum())
    return AuxScore(
        task=labels.task,
        title=labels.title,
        kind=labels.kind,
        known=labels.known,
        scored=int(known.sum()),
        metrics=estimates,
        chance=chance,
        folds=folds,
    )


def _split_labels(
    labels: AuxLabels, predicted: NDArray[np.float64]
) -> tuple[AuxLabels, NDArray[np.float64]]:
    """Return the labels that follow the predictions, the same in each repeat, and the others."""
    width = math.prod(labels.values.shape[1:])
    truth = predicted[0, :, -width:].reshape(labels.values.shape)
    return replace(labels, values=truth), predicted[..., :-width]


def _score_folds(
    truth: NDArray[np.float64],
    predicted: NDArray[np.float64],
    outer: NDArray[np.int16],
    metric: Metric,
) -> NDArray[np.float64]:
    """Return a metric on every outer fold, (repeats, folds), NaN without a case with a label."""
    values = np.full((outer.shape[0], int(outer.max(initial=0)) + 1), math.nan)
    for repeat, fold in np.ndindex(*values.shape):
        tested = outer[repeat] == fold
        if tested.any():
            values[repeat, fold] = metric(truth[tested], predicted[repeat, tested])
    return values


def _constant_prediction(
    labels: AuxLabels, known: NDArray[np.bool_], predicted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the best prediction that is the same for all cases, in the shape of `predicted`."""
    truth = labels.values[known]
    if not len(truth):
        return predicted
    if labels.kind in ("ordinal", "nominal"):
        counts = np.bincount(truth.astype(np.int64), minlength=predicted.shape[-1])
        constant = counts[: predicted.shape[-1]] / len(truth)
    elif labels.kind == "continuous":
        constant = np.median(truth, axis=0)
    else:
        shares = np.ma.masked_invalid(truth).mean(axis=0)  # one for each element
        constant = np.ma.filled(shares, 0.5)
    return np.broadcast_to(constant, predicted.shape).astype(np.float64)
