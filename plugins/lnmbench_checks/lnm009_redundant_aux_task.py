"""LNM009: auxiliary labels that determine the target."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import AuxLabels, Results
from lnmbench.results import format_decimal
from lnmbench.stats.categories import shares
from lnmbench.stats.discrimination import auc
from lnmbench_checks.lnm008_missing_aux_labels import unshuffled_labels
from lnmbench_checks.messages import docs_address, join_messages

FEWEST = 8
"""Cases of either class of the target that must have a label."""
REDUNDANT = 0.99


class RedundantAuxTask:
    """No auxiliary label may have an AUC of .99 or higher for the target.

    A class is scored by its proportion of positive cases; classes with fewer than five cases count
    as one. A measurement is scored by its value, in either direction. Not applicable without an
    auxiliary task whose label eight cases of either class of the target have, nor to masks.
    """

    title = "no auxiliary label determines the target"
    severity: Literal["warning"] = "warning"
    remedy = "choose another auxiliary task; this one repeats the target"
    docs = docs_address("LNM009")

    def __call__(self, results: Results) -> str | None:
        """Return the tasks with the AUC of their label for the target."""
        if not results.truth.size:
            return None
        outcomes = results.outcomes
        targets = results.truth[:, None] if outcomes is None else outcomes.values  # (n, m)
        aucs = {
            labels.task: max(_best_auc(labels, target) for target in targets.T)
            for labels in unshuffled_labels(results)
        }
        aucs = {task: area for task, area in aucs.items() if not math.isnan(area)}
        messages = [
            f"the label of {task} has an AUC of {format_decimal(area)} for the target"
            for task, area in aucs.items()
            if area >= REDUNDANT
        ]
        return join_messages(messages) if aucs else None


def _best_auc(labels: AuxLabels, truth: NDArray[np.float64]) -> float:
    """Return the best AUC of the columns for the target, NaN if none has enough cases."""
    if labels.kind == "mask":
        return math.nan
    has_classes = labels.kind != "continuous"
    columns = labels.values.reshape(len(labels.values), -1).T  # (columns, n)
    aucs = [_column_auc(column, truth, has_classes=has_classes) for column in columns]
    return max((area for area in aucs if not math.isnan(area)), default=math.nan)


def _column_auc(
    values: NDArray[np.float64], truth: NDArray[np.float64], *, has_classes: bool
) -> float:
    known = ~np.isnan(values) & ~np.isnan(truth)
    score, target = values[known], truth[known]
    if min((target == 1).sum(), (target == 0).sum()) < FEWEST:
        return math.nan
    area = auc(target, shares(score, target) if has_classes else score)
    return max(area, 1.0 - area)
