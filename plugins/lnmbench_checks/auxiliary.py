"""Do auxiliary labels say something, and something else than the target?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import AuxLabels, Results
from lnmbench.stats.categories import shares
from lnmbench.stats.discrimination import auc
from lnmbench_checks.arms import is_shuffled
from lnmbench_checks.wording import decimal, few

FEWEST = 8
"""Cases of either class of the target that must have a label."""
TELLS = 0.99


class MostlyUnknown:
    """An auxiliary task whose label fewer than half of the cases have.

    Does not apply without an auxiliary task.
    """

    title = "auxiliary label missing for most"
    severity: Literal["warning"] = "warning"
    remedy = "say for how many cases the task could help; a cohort with more labels would tell more"

    def __call__(self, results: Results) -> str | None:
        """Return the tasks with how many cases have their label."""
        labels = list(_labels(results))
        found = [
            f"{one.task}: {one.known} of {len(one.values)} cases have a label"
            for one in labels
            if one.known < len(one.values) / 2
        ]
        return few(found) if labels else None


class SaysTarget:
    """An auxiliary label that tells the target, or almost: with an AUC of .99 or higher.

    Classes count as their share of positive cases, those with fewer than five cases together as
    one; measures as they are, either way round. Does not apply without an auxiliary task whose
    label eight cases of either class of the target have, nor to masks.
    """

    title = "an auxiliary task that is a function of the target"
    severity: Literal["warning"] = "warning"
    remedy = "choose another task: this one teaches the target a second time"

    def __call__(self, results: Results) -> str | None:
        """Return the tasks with the AUC of their label for the target."""
        if results.truth is None:
            return None
        told = {one.task: _separation(one, results.truth) for one in _labels(results)}
        judged = {task: area for task, area in told.items() if not np.isnan(area)}
        found = [
            f"the label of {task} tells the target with an AUC of {decimal(area)}"
            for task, area in judged.items()
            if area >= TELLS
        ]
        return few(found) if judged else None


def _labels(results: Results) -> Iterator[AuxLabels]:
    """The labels of every task but shuffled ones, whose labels say nothing on purpose."""
    tasks = {str(choice): choice for o in results.method_results for choice in o.method.aux}
    for task, choice in tasks.items():
        if task in results.aux_labels and not is_shuffled(choice):
            yield results.aux_labels[task]


def _separation(labels: AuxLabels, truth: NDArray[np.float64]) -> float:
    """The best AUC of a column of the labels for the target, NaN where none can be judged."""
    if labels.kind == "mask":
        return float("nan")
    classes = labels.kind != "continuous"
    columns = labels.values.reshape(len(labels.values), -1).T
    areas = [_area(column, truth, classes=classes) for column in columns]
    return max((area for area in areas if not np.isnan(area)), default=float("nan"))


def _area(values: NDArray[np.float64], truth: NDArray[np.float64], *, classes: bool) -> float:
    known = ~np.isnan(values)
    score, target = values[known], truth[known]
    if min((target == 1).sum(), (target == 0).sum()) < FEWEST:
        return float("nan")
    area = auc(target, shares(score, target) if classes else score)
    return max(area, 1.0 - area)
