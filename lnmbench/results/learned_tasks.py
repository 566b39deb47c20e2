"""Auxiliary tasks that a network predicts no better than chance."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lnmbench.records import AuxScore, Estimate, Method, MethodResult, Results, is_shuffled
from lnmbench.results.formatting import format_decimal, format_interval, metric_title


def assessable_tasks(result: MethodResult) -> list[AuxScore]:
    """Return the auxiliary tasks with a metric whose interval and chance level are known.

    Controls, and tasks with permuted labels, are left out.
    """
    if result.method.is_control:
        return []
    return [
        score
        for score in result.aux
        if not _is_permuted(result.method, score.task) and list(_assessable(score))
    ]


def learned_metric(score: AuxScore) -> str | None:
    """Return the first metric of a task whose interval and chance level are known."""
    return next((metric for metric, _ in _assessable(score)), None)


def is_learned(results: Results, score: AuxScore) -> bool:
    """Return whether the interval of a metric is on the better side of its chance level."""
    return any(
        _exceeds_chance(results, metric, estimate, score.chance[metric])
        for metric, estimate in _assessable(score)
    )


def unlearned_tasks(results: Results, method: Method) -> list[AuxScore]:
    """Return the auxiliary tasks that a method does not learn, as far as they can be assessed."""
    return [
        score
        for result in results.method_results
        if result.method.fingerprint == method.fingerprint
        for score in assessable_tasks(result)
        if not is_learned(results, score)
    ]


def describe_unlearned(results: Results, score: AuxScore) -> str:
    """Return the title of a task with its metrics and their chance levels in parentheses."""
    parts = [
        f"{metric_title(results, metric)} {format_decimal(estimate.value)}, 95 % CI"
        f" {format_interval(estimate.low, estimate.high, estimate=estimate.value)},"
        f" chance {format_decimal(score.chance[metric])}"
        for metric, estimate in _assessable(score)
    ]
    return f"{score.title} ({'; '.join(parts)})"


def _is_permuted(method: Method, task: str) -> bool:
    return any(is_shuffled(choice) for choice in method.aux if choice.key == task)


def _assessable(score: AuxScore) -> Iterator[tuple[str, Estimate]]:
    for metric, estimate in score.metrics.items():
        numbers = (estimate.low, estimate.high, score.chance.get(metric, math.nan))
        if all(map(math.isfinite, numbers)):
            yield metric, estimate


def _exceeds_chance(results: Results, metric: str, estimate: Estimate, chance: float) -> bool:
    upward = results.metric_better.get(metric, True)
    return estimate.low > chance if upward else estimate.high < chance
