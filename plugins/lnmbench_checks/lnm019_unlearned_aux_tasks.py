"""LNM019: auxiliary tasks that a network does not learn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from lnmbench.records import AuxScore, Estimate, Method, Results, is_shuffled
from lnmbench.results import complete_methods, format_decimal, format_interval, metric_title
from lnmbench_checks.messages import docs_address, join_messages


class UnlearnedAuxTasks:
    """A network must predict its auxiliary labels better than chance.

    Chance is the value of one prediction for all cases. The 95 % interval of at least one metric of
    the task must be on its better side. Not applicable without an auxiliary task for which a metric
    and its interval are defined; negative controls do not count.
    """

    title = "auxiliary tasks are learned"
    severity: Literal["warning"] = "warning"
    remedy = (
        "do not conclude that the task has no effect; use more cases or labels, another encoder, or"
        " a greater weight of the task (--weighting)"
    )
    docs = docs_address("LNM019")

    def __call__(self, results: Results) -> str | None:
        """Return the tasks that are not learned, with their metrics."""
        scores = [
            (result.method, score)
            for result in complete_methods(results)
            for score in result.aux
            if not _is_permuted(result.method, score.task) and list(_assessable(score))
        ]
        messages = [
            _describe(results, method, score)
            for method, score in scores
            if not any(
                _exceeds_chance(results, metric, estimate, score.chance[metric])
                for metric, estimate in _assessable(score)
            )
        ]
        return join_messages(messages) if scores else None


def _is_permuted(method: Method, task: str) -> bool:
    return any(is_shuffled(choice) for choice in method.aux if choice.key == task)


def _assessable(score: AuxScore) -> Iterator[tuple[str, Estimate]]:
    """Yield each metric whose interval and chance level are numbers."""
    for metric, estimate in score.metrics.items():
        numbers = (estimate.low, estimate.high, score.chance.get(metric, math.nan))
        if all(map(math.isfinite, numbers)):
            yield metric, estimate


def _exceeds_chance(results: Results, metric: str, estimate: Estimate, chance: float) -> bool:
    upward = results.metric_better.get(metric, True)
    return estimate.low > chance if upward else estimate.high < chance


def _describe(results: Results, method: Method, score: AuxScore) -> str:
    parts = [
        f"{metric_title(results, metric)} {format_decimal(estimate.value)}, 95 % CI"
        f" {format_interval(estimate.low, estimate.high, estimate=estimate.value)},"
        f" chance {format_decimal(score.chance[metric])}"
        for metric, estimate in _assessable(score)
    ]
    return f"{method.label} does not learn {score.title} ({'; '.join(parts)})"
