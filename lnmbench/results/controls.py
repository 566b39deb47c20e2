"""Negative controls of a network: a permutation test of its labels, and their summary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lnmbench.records import Cost, Method, MethodResult, Results
from lnmbench.results.control_groups import FEWEST_CONTROLS, summarized_groups, summary_label
from lnmbench.results.formatting import metric_title
from lnmbench.results.method_relations import is_control_of
from lnmbench.results.ordering import primary_metrics_in_order
from lnmbench.stats.permutation import count_reaching, permutation_pvalue


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTest:
    """A network with its own labels among its negative controls, in one metric.

    `score` is the mean over the outer folds; `scores` are those of the complete controls among
    `planned`. `pvalue` is that of the permutation test, NaN with fewer than 19 controls, if a
    control is not finished, and if a fold does not define the metric for each of the methods.
    """

    metric: str
    metric_title: str
    score: float
    scores: tuple[float, ...]
    planned: int
    pvalue: float
    upward: bool = True

    @property
    def finished(self) -> bool:
        """True if every planned control is complete."""
        return len(self.scores) == self.planned

    @property
    def defined(self) -> bool:
        """True if every fold defines the metric, for the network and each complete control."""
        return not any(map(math.isnan, (self.score, *self.scores)))

    @property
    def reaching(self) -> int:
        """The number of controls that are as good or better."""
        return count_reaching(self.score, self.scores, upward=self.upward)

    @property
    def mean(self) -> float:
        """The mean score of the controls."""
        return float(np.mean(self.scores))

    @property
    def low(self) -> float:
        """The lowest score of a control."""
        return float(np.min(self.scores))

    @property
    def high(self) -> float:
        """The highest score of a control."""
        return float(np.max(self.scores))


def planned_controls(results: Results, method: Method) -> list[MethodResult]:
    """Return the results of a method's negative controls, complete or not."""
    return [r for r in results.method_results if is_control_of(r.method, method)]


def complete_controls(results: Results, method: Method) -> list[MethodResult]:
    """Return the results of a method's negative controls that have every unit."""
    return [result for result in planned_controls(results, method) if result.complete]


def control_tests(results: Results, method: Method) -> list[ControlTest]:
    """Return a method's permutation test in each primary metric, none without a control.

    The statistic is the mean over the outer folds. It is one test however many folds and controls
    there are, and a single look: it has no p until every planned control is complete.
    """
    planned = planned_controls(results, method)
    controls = [control for control in planned if control.complete]
    by_key = {result.method.fingerprint: result for result in results.method_results}
    result = by_key[method.fingerprint]
    if not controls or not result.complete:
        return []
    tests = []
    for metric in primary_metrics_in_order(results):
        score, *scores = (_mean_score(each, metric) for each in (result, *controls))
        is_defined = not any(map(math.isnan, (score, *scores)))
        upward = results.metric_better.get(metric, True)
        tests.append(
            ControlTest(
                metric=metric,
                metric_title=metric_title(results, metric),
                score=score,
                scores=tuple(scores),
                planned=len(planned),
                pvalue=permutation_pvalue(score, scores, upward=upward)
                if is_defined and len(scores) == len(planned) >= FEWEST_CONTROLS
                else math.nan,
                upward=upward,
            )
        )
    return tests


def merge_summarized_controls(results: Results) -> Results:
    """Return the results with one entry for each set of controls that is too large to list.

    Its label counts the controls, its cost and units are their sums. It has no scores.
    """
    replaced: dict[str, MethodResult | None] = {}
    by_key = {result.method.fingerprint: result for result in results.method_results}
    for group in summarized_groups([result.method for result in results.method_results]):
        replaced.update(dict.fromkeys(control.fingerprint for control in group))
        replaced[group[0].fingerprint] = _merge([by_key[c.fingerprint] for c in group])
    entries = [replaced.get(result.method.fingerprint, result) for result in results.method_results]
    return replace(results, method_results=tuple(entry for entry in entries if entry is not None))


def _merge(members: Sequence[MethodResult]) -> MethodResult:
    methods, costs = [member.method for member in members], [member.cost for member in members]
    return MethodResult(
        method=replace(methods[0], label=summary_label(methods)),
        units_done=sum(member.units_done for member in members),
        units_all=sum(member.units_all for member in members),
        cost=Cost(
            fits=sum(cost.fits for cost in costs),
            epochs=sum(cost.epochs for cost in costs),
            seconds=sum(cost.seconds for cost in costs),
            device_seconds=sum(cost.device_seconds for cost in costs),
            memory_mb=max(cost.memory_mb for cost in costs),
        ),
    )


def _mean_score(result: MethodResult, metric: str) -> float:
    return float(result.scores[metric].values.mean()) if metric in result.scores else math.nan
