"""What the tests say to one question in one metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lnmbench.records import MethodResult, PairComparison, Results
from lnmbench.stats.resampled import minimum_detectable_difference
from lnmbench_report.arms import Question
from lnmbench_report.printed import ALPHA, interval, listed, p_is, signed
from lnmbench_report.reading_order import metrics_in_order, turned

Direction = Literal["better", "worse", "open", "same"]
VERDICTS: dict[Direction, str] = {
    "better": "scores better in this cohort",
    "worse": "scores worse in this cohort",
    "open": "no difference shown",
    "same": "the same in every fold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The difference of a question's method from its reference, in one metric.

    `detectable` is the difference that the corrected test would have found with 80 % power.
    `published` maps the titles of tests that earlier work printed to their p values. `upward` is
    False of a metric where less is better. `gap` says why nothing could be compared: numbers are
    NaN then, and Holm's p is 1.
    """

    metric: str
    estimate: float
    low: float
    high: float
    corrected: float
    holm: float
    detectable: float
    published: Mapping[str, float]
    upward: bool = True
    gap: str = ""

    @property
    def direction(self) -> Direction:
        """What was shown: the method is better, worse, the same in every fold; or it is open."""
        if self.estimate == self.low == self.high == 0.0:
            return "same"
        if not self.holm < ALPHA:
            return "open"
        return "better" if (self.estimate > 0.0) == self.upward else "worse"

    @property
    def open(self) -> bool:
        """Whether a difference may exist that was not shown."""
        return self.direction == "open" and not self.gap

    @property
    def verdict(self) -> str:
        """What may be said of the difference."""
        return "not compared" if self.gap else VERDICTS[self.direction]

    @property
    def numbers(self) -> str:
        """The metric, the difference, its corrected interval and its Holm p value; or the gap."""
        if self.gap:
            return f"{self.metric} is {self.gap}"
        bounds = interval(self.low, self.high)
        change = f"{signed(self.estimate)}{'' if self.upward else ', lower is better'}"
        return f"{self.metric} {change}, 95 % CI {bounds}, Holm {p_is(self.holm)}"

    @property
    def unborne(self) -> dict[str, float]:
        """Titles of the tests that claim what the corrected test does not bear out, with p."""
        if self.corrected < ALPHA:
            return {}
        return {title: p for title, p in self.published.items() if p < ALPHA}


def findings(results: Results, question: Question) -> list[Finding]:
    """Return what was found for a question in every metric in which it was compared."""
    method, couple = question.method.fingerprint, question.couple
    found = [one for one in results.compared if {one.method_a, one.method_b} == couple]
    places = {name: place for place, name in enumerate(metrics_in_order(results))}
    found.sort(key=lambda one: places.get(one.metric, len(places)))
    return [_finding(results, one if one.method_b == method else turned(one)) for one in found]


def gap(results: Results, one: PairComparison) -> str:
    """Return why a pair was not compared, as `undefined on 2 of 6 folds of logistic`; or ""."""
    if one.tests:
        return ""
    outcomes = {o.method.fingerprint: o for o in results.method_results}
    parts = [on_folds(outcomes[key], one.metric) for key in (one.method_b, one.method_a)]
    return f"undefined on {listed(list(filter(None, parts)))}"


def on_folds(outcome: MethodResult, metric: str) -> str:
    """Return on how many folds of a method a metric is not defined, "" where on every one."""
    values = outcome.scores[metric].values
    lacking = int(np.isnan(values).sum())
    return f"{lacking} of {values.size} folds of {outcome.method.label}" if lacking else ""


def published(results: Results) -> list[str]:
    """Return the names of the comparisons that only earlier work believed."""
    return [name for name, role in results.comparison_roles.items() if role == "as published"]


def unborne(results: Results, one: PairComparison, name: str) -> bool:
    """Whether a published test claims a difference that the corrected one does not bear out."""
    return one.tests[name].pvalue < ALPHA and not one.tests[results.primary].pvalue < ALPHA


def _finding(results: Results, one: PairComparison) -> Finding:
    if not one.tests:
        return _nothing(results, one)
    test = one.tests[results.primary]
    return Finding(
        metric=results.metric_titles.get(one.metric, one.metric),
        estimate=test.estimate,
        low=test.low,
        high=test.high,
        corrected=test.pvalue,
        holm=one.holm,
        detectable=_detectable(results, one),
        published={
            results.comparison_titles[name]: one.tests[name].pvalue
            for name in published(results)
            if name in one.tests
        },
        upward=results.metric_better.get(one.metric, True),
    )


def _nothing(results: Results, one: PairComparison) -> Finding:
    return Finding(
        metric=results.metric_titles.get(one.metric, one.metric),
        estimate=math.nan,
        low=math.nan,
        high=math.nan,
        corrected=math.nan,
        holm=one.holm,
        detectable=math.nan,
        published={},
        gap=gap(results, one),
    )


def _detectable(results: Results, one: PairComparison) -> float:
    scores = {o.method.fingerprint: o.scores for o in results.method_results}
    a, b = (scores[key][one.metric].values for key in (one.method_a, one.method_b))
    ratio = results.protocol.test_train_ratio
    return minimum_detectable_difference(b - a, test_train_ratio=ratio)
