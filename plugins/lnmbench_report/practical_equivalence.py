"""Region of practical equivalence of Bayesian tests: the declared margin, or .01."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lnmbench.records import Results
from lnmbench.results import declared_margin, format_decimal, join_and, metric_title

ROPE = 0.01


def find_rope(results: Results, metric: str) -> float:
    """Return half the region in a metric: the declared margin, a Bayesian test's region, or .01."""
    margin = declared_margin(results, metric)
    if margin is not None:
        return margin
    tests = (
        test
        for comparison in results.pair_comparisons
        if comparison.metric == metric
        for test in comparison.tests.values()
    )
    return next((t.rope for t in tests if np.isfinite(t.rope) and t.rope > 0.0), ROPE)


def describe_ropes(results: Results, metrics: Sequence[str]) -> str:
    """Return the sentence on the differences that count as practically equivalent."""
    titles_by_rope: dict[tuple[float, str], list[str]] = {}
    for metric in metrics:
        source = "no margin declared" if declared_margin(results, metric) is None else "declared"
        titles = titles_by_rope.setdefault((find_rope(results, metric), source), [])
        titles.append(metric_title(results, metric))
    parts = [
        f"± {format_decimal(rope)} in {join_and(titles)} ({source})"
        for (rope, source), titles in titles_by_rope.items()
    ]
    return f"Differences within {join_and(parts)} count as practically equivalent."
