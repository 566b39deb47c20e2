"""What the tests say to one question in one metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lnmbench.records import Compared, Results
from lnmbench.stats.resampled import minimum_detectable_difference
from lnmbench_report.arms import Question
from lnmbench_report.printed import ALPHA, interval, p_is, signed
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
    False of a metric where less is better.
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
        return self.direction == "open"

    @property
    def verdict(self) -> str:
        """What may be said of the difference."""
        return VERDICTS[self.direction]

    @property
    def numbers(self) -> str:
        """The metric, the difference, its corrected interval and its Holm p value."""
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


def published(results: Results) -> list[str]:
    """Return the names of the comparisons that only earlier work believed."""
    return [name for name, role in results.comparison_roles.items() if role == "as published"]


def unborne(results: Results, one: Compared, name: str) -> bool:
    """Whether a published test claims a difference that the corrected one does not bear out."""
    return one.tests[name].pvalue < ALPHA and not one.tests[results.primary].pvalue < ALPHA


def _finding(results: Results, one: Compared) -> Finding:
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


def _detectable(results: Results, one: Compared) -> float:
    scores = {o.method.fingerprint: o.scores for o in results.outcomes}
    a, b = (scores[key][one.metric].values for key in (one.method_a, one.method_b))
    ratio = results.protocol.test_train_ratio
    return minimum_detectable_difference(b - a, test_train_ratio=ratio)
