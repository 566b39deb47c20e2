"""Operating points that the inner folds chose, and the calls of a method at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Results
from lnmbench.results.complete_methods import complete_methods
from lnmbench.results.formatting import join_and
from lnmbench.results.ordering import metrics_in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """An aim for which the inner folds chose thresholds, and the metrics that share them."""

    metrics: tuple[str, ...]
    name: str


def list_aims(results: Results) -> list[Aim]:
    """Return the operating points: metrics that have the same thresholds in every method."""
    metrics_by_thresholds: dict[tuple[bytes, ...], list[str]] = {}
    for metric in metrics_in_order(results):
        thresholds = tuple(
            values.tobytes()
            for result in complete_methods(results)
            if metric in result.scores and (values := result.scores[metric].thresholds) is not None
        )
        if thresholds:
            metrics_by_thresholds.setdefault(thresholds, []).append(metric)
    return [
        Aim(metrics=tuple(metrics), name=_name_aim([results.metric_titles[m] for m in metrics]))
        for metrics in metrics_by_thresholds.values()
    ]


def classify(
    predicted: NDArray[np.float64], outer: NDArray[np.int16], thresholds: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which cases are called positive in each repeat.

    Parameters
    ----------
    predicted
        Out-of-fold predictions (repeats, n).
    outer
        The fold that tests each case (repeats, n).
    thresholds
        Thresholds (repeats, folds), infinite if no case is positive.

    Returns
    -------
    numpy.ndarray
        True where a prediction is not below the threshold of the fold that tests it, (repeats, n).
    """
    threshold_of_case = np.take_along_axis(thresholds, outer.astype(np.intp), axis=1)
    return np.asarray(predicted >= threshold_of_case)


def _name_aim(titles: Sequence[str]) -> str:
    """Return the part after "at" of titles such as "NPV at sens. .90", or the titles."""
    suffixes = {title.partition(" at ")[2] for title in titles}
    return suffixes.pop() if len(suffixes) == 1 and "" not in suffixes else join_and(titles)
