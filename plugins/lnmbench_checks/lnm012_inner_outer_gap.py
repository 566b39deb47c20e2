"""LNM012: differences between inner and outer scores."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lnmbench.records import Estimate, Results
from lnmbench.results import (
    complete_methods,
    format_decimal,
    format_difference,
    format_interval,
    metric_title,
)
from lnmbench.stats.resampled import corrected_interval
from lnmbench_checks.messages import docs_address, join_messages

MARGIN = 0.05
"""Relevant difference, as a proportion of the metric's range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The mean inner score of a method, and its difference from the outer score."""

    label: str
    inner: float
    difference: Estimate

    def exceeds(self, margin: float) -> bool:
        """Return whether the difference is above a margin and its interval excludes 0."""
        difference = self.difference
        return abs(difference.value) > margin and not difference.low <= 0.0 <= difference.high

    def describe(self, title: str) -> str:
        """Return both scores and their difference in the metric of a title."""
        difference = self.difference
        return (
            f"{self.label}: {title} {format_decimal(self.inner)} on inner folds,"
            f" {format_decimal(self.inner - difference.value)} on outer folds"
            f" (difference {format_difference(difference.value)}, 95 % CI"
            f" {format_interval(difference.low, difference.high, estimate=difference.value)})"
        )


class InnerOuterGap:
    """Inner and outer scores must not differ by more than .05 of the metric's range.

    The first primary metric of the validation predictions, on which the inner folds chose, is
    compared with that of the test predictions on each outer fold. A difference counts if it exceeds
    the margin and its corrected 95 % interval excludes 0. A higher inner score indicates a search
    that overfits the inner folds; a higher outer score indicates test folds that are too easy.
    Not applicable if no complete method has both scores.
    """

    title = "inner and outer scores agree"
    severity: Literal["warning"] = "warning"
    remedy = (
        "report only the outer scores; try fewer candidate settings (--tune) or more inner folds"
    )
    docs = docs_address("LNM012")

    def __call__(self, results: Results) -> str | None:
        """Return the methods with both scores and their difference."""
        gaps = list(_gaps(results))
        if not gaps:
            return None
        metric = results.primary_metrics[0]
        low, high = results.metric_bounds.get(metric, (0.0, 1.0))
        margin = MARGIN * (high - low) if math.isfinite(high - low) else 0.0
        title = metric_title(results, metric)
        return join_messages([gap.describe(title) for gap in gaps if gap.exceeds(margin)])


def _gaps(results: Results) -> Iterator[Gap]:
    for result in complete_methods(results):
        scores = result.scores.get(results.primary_metrics[0])
        if scores is None or result.inner is None:
            continue
        differences = result.inner - scores.values
        finite = np.isfinite(differences)
        if finite.sum() > 1:
            ratio = results.protocol.test_train_ratio
            interval = corrected_interval(differences[finite], test_train_ratio=ratio)
            mean = float(differences[finite].mean())
            yield Gap(
                label=result.method.label,
                inner=float(result.inner[finite].mean()),
                difference=Estimate(value=mean, low=interval.low, high=interval.high),
            )
