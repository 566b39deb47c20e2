"""score: metrics of an auxiliary task on predictions averaged over the repeats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Metric, Thresholded
from lnmbench.errors import PluginError
from lnmbench.records import AuxLabels, AuxScore, Estimate
from lnmbench.stats.bootstrap import bootstrap_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 1000


def score_aux_task(
    labels: AuxLabels,
    predicted: NDArray[np.float64],
    metrics: Mapping[str, Metric],
    faults: dict[str, str] | None = None,
) -> AuxScore:
    """Return the performance of a method on an auxiliary task.

    Parameters
    ----------
    labels
        The labels of the task.
    predicted
        Predictions (repeats, n, outputs), which are averaged over the repeats.
    metrics
        All metrics by name; those of the label's kind are used. A metric that the cases do not
        define is NaN.
    faults
        The fault of each metric that failed, by name: the score lacks it. Faults are added; by
        default they are raised.
    """
    flat = labels.values.reshape(len(labels.values), -1)
    known = ~np.isnan(flat).any(axis=1)
    truth, mean = labels.values[known], predicted.mean(axis=0)[known]
    if labels.kind not in ("ordinal", "nominal"):
        mean = mean.reshape(truth.shape)
    constant = _constant_prediction(labels, truth, mean)
    estimates, chance = {}, {}
    for name, metric in metrics.items():
        is_scored = labels.kind in metric.kinds and not isinstance(metric, Thresholded)
        if not is_scored or (faults and name in faults):
            continue
        try:
            estimates[name] = _estimate(truth, mean, metric)
            chance[name] = _value(truth, constant, metric)
        except PluginError as error:
            if faults is None:
                raise
            faults[name] = str(error)
    return AuxScore(
        task=labels.task,
        title=labels.title,
        kind=labels.kind,
        known=labels.known,
        metrics=estimates,
        chance=chance,
    )


def _constant_prediction(
    labels: AuxLabels, truth: NDArray[np.float64], predicted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the best prediction that is the same for all cases, in the shape of `predicted`."""
    if not len(truth):
        return predicted
    if labels.kind in ("ordinal", "nominal"):
        counts = np.bincount(truth.astype(np.int64), minlength=predicted.shape[-1])
        constant = counts[: predicted.shape[-1]] / len(truth)
    elif labels.kind == "continuous":
        constant = np.median(truth, axis=0)
    else:
        constant = truth.mean(axis=0)
    return np.broadcast_to(constant, predicted.shape).astype(np.float64)


def _value(truth: NDArray[np.float64], predicted: NDArray[np.float64], metric: Metric) -> float:
    try:
        return float(metric(truth, predicted))
    except ValueError:  # one class only, or no case: the metric is not defined
        return float("nan")


def _estimate(
    truth: NDArray[np.float64], predicted: NDArray[np.float64], metric: Metric
) -> Estimate:
    try:
        interval = bootstrap_interval(truth, predicted, metric, resamples=RESAMPLES)
        value = float(metric(truth, predicted))
    except ValueError:  # one class only, or no case: the metric is not defined
        return Estimate(value=float("nan"))
    return Estimate(value=value, low=interval.low, high=interval.high)
