"""Do the inner folds promise what the outer folds keep?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np

from lnmbench.records import Estimate, MethodResult, Results
from lnmbench.stats.resampled import corrected_interval
from lnmbench_checks.wording import decimal, few

MARGIN = 0.05
"""Of the range of the metric: a gap that would be worth a sentence if it were exactly known."""


class InnerFarFromOuter:
    """Inner and outer scores of an arm that differ by more than .05 of the metric's range.

    The first primary metric, of the validation predictions on which the inner folds chose and of
    the test predictions, on each outer fold. Far apart is a mean difference beyond the margin whose
    corrected 95 % interval leaves out 0, either way round: an inner score that is higher tells of a
    search that fits its folds, an outer one that is higher of test folds that are easier than they
    should be. Does not apply where no arm has both.
    """

    title = "inner and outer scores far apart"
    severity: Literal["warning"] = "warning"
    remedy = "report the outer scores alone; try fewer candidates (--tune) or more inner folds"

    def __call__(self, results: Results) -> str | None:
        """Return the arms with both scores and their difference."""
        gaps = list(_gaps(results))
        if not gaps:
            return None
        metric = results.primary_metrics[0]
        low, high = results.metric_bounds.get(metric, (0.0, 1.0))
        margin = MARGIN * (high - low) if math.isfinite(high - low) else 0.0
        title = results.metric_titles.get(metric, metric)
        return few([_told(*gap, title) for gap in gaps if _far(gap[2], margin)])


def _gaps(results: Results) -> Iterator[tuple[MethodResult, float, Estimate]]:
    """Complete arms, their mean inner score, and by how much it is above the outer one."""
    for outcome in results.method_results:
        scores = outcome.scores.get(results.primary_metrics[0]) if outcome.complete else None
        if scores is None or outcome.inner is None:
            continue
        gaps = outcome.inner - scores.values
        there = gaps[np.isfinite(gaps)]
        if there.size > 1:
            found = corrected_interval(there, test_train_ratio=results.protocol.test_train_ratio)
            gap = Estimate(value=float(there.mean()), low=found.low, high=found.high)
            yield outcome, float(outcome.inner[np.isfinite(gaps)].mean()), gap


def _far(gap: Estimate, margin: float) -> bool:
    return abs(gap.value) > margin and not gap.low <= 0.0 <= gap.high


def _told(outcome: MethodResult, inner: float, gap: Estimate, title: str) -> str:
    return (
        f"{outcome.method.label}: {title} {decimal(inner)} inside,"
        f" {decimal(inner - gap.value)} outside (difference {decimal(gap.value, sign=True)},"
        f" 95 % {decimal(gap.low)} to {decimal(gap.high)})"
    )
