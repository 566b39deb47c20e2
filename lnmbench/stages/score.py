"""score: from the ledger's predictions to a number for every outer fold, and its summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Metric
from lnmbench.errors import UserError
from lnmbench.records import Cost, Estimate, FoldScores, Method, Outcome, Protocol
from lnmbench.stats.resampled import corrected_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fold_scores(
    predicted: NDArray[np.float64],
    truth: NDArray[np.float64],
    outer: NDArray[np.int16],
    *,
    metric: Metric,
    name: str,
    method: str,
    task: str,
) -> FoldScores:
    """Return one metric of one method in one task on every outer fold.

    `predicted` is (repeats, n) or (repeats, n, outputs), `truth` is (n,) with NaN where the label
    is unknown (such cases are left out), `outer` is (repeats, n). `name` is the metric's,
    `method` a fingerprint. Raises `UserError` for a fold that lacks a prediction, that has only
    one class, or for which the metric gives no finite number.
    """
    values = np.empty((outer.shape[0], int(outer.max()) + 1))
    for repeat, fold in np.ndindex(*values.shape):
        where = f"{task}, repeat {repeat + 1}, fold {fold + 1}"
        tested = (outer[repeat] == fold) & ~np.isnan(truth)
        labels, scores = truth[tested], predicted[repeat][tested]
        _refuse(labels, scores, method=method, where=where)
        value = float(metric(labels, scores))
        if not np.isfinite(value):
            raise UserError(f"metric {name} gives no number", where=where, got=str(value))
        values[repeat, fold] = value
    return FoldScores(method=method, task=task, metric=name, values=values)


def summarise(values: NDArray[np.float64], protocol: Protocol) -> Estimate:
    """Return the mean over the outer folds with its corrected 95 % interval, clipped to nothing.

    `values` is (repeats, folds). The correction is that of Nadeau & Bengio (2003).
    """
    interval = corrected_interval(values, test_train_ratio=protocol.test_train_ratio)
    return Estimate(value=float(np.mean(values)), low=interval.low, high=interval.high)


def spread(values: NDArray[np.float64]) -> float:
    """Return the standard deviation over the outer folds (ddof 1); `values` is (repeats, folds)."""
    return float(np.std(values, ddof=1))


def score(
    method: Method,
    predicted: NDArray[np.float64],
    truth: NDArray[np.float64],
    outer: NDArray[np.int16],
    *,
    protocol: Protocol,
    metrics: Mapping[str, Metric],
    units_done: int,
    cost: Cost,
) -> Outcome:
    """Return a method's share of the report, with no scores while units are missing.

    Arrays are as in `fold_scores`, for the protocol's target. Raises `UserError` as it does.
    """
    scores: dict[str, FoldScores] = {}
    if units_done == protocol.units:
        fingerprint = method.fingerprint
        scores = {
            name: fold_scores(
                predicted,
                truth,
                outer,
                metric=metric,
                name=name,
                method=fingerprint,
                task=protocol.target,
            )
            for name, metric in metrics.items()
        }
    return Outcome(
        method=method,
        units_done=units_done,
        units_all=protocol.units,
        cost=cost,
        scores=scores,
        summary={name: summarise(s.values, protocol) for name, s in scores.items()},
        spread={name: spread(s.values) for name, s in scores.items()},
    )


def _refuse(
    labels: NDArray[np.float64], scores: NDArray[np.float64], *, method: str, where: str
) -> None:
    if not np.isfinite(scores).all():
        raise UserError(
            f"method {method} lacks predictions",
            where=where,
            got=f"{np.count_nonzero(~np.isfinite(scores))} of {scores.size} missing",
            then="the ledger was changed after the run; run into a new folder",
        )
    classes = np.unique(labels)
    if classes.size < 2:
        seen = f"{labels.size} cases, all {classes[0]:g}" if labels.size else "no case"
        raise UserError(
            "a test fold has only one class",
            where=where,
            expected="both classes in every outer fold",
            got=seen,
            then="use fewer folds",
        )
