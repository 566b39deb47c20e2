"""What the tests say to one question in one metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lnmbench.records import Compared, Results
from lnmbench.stats.resampled import minimum_detectable_difference
from lnmbench_tables.arms import Question
from lnmbench_tables.figures import ALPHA, interval, p_is, signed
from lnmbench_tables.reading_order import pairs_in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The difference of a question's method from its reference, in one metric.

    `detectable` is the difference that the corrected test would have found with 80 % power.
    `published` maps the titles of tests that earlier work printed to their p values.
    """

    metric: str
    estimate: float
    low: float
    high: float
    corrected: float
    holm: float
    detectable: float
    published: Mapping[str, float]

    @property
    def identical(self) -> bool:
        """Whether the two methods score the same in every fold."""
        return self.estimate == self.low == self.high == 0.0

    @property
    def open(self) -> bool:
        """Whether a difference may exist that was not shown."""
        return not self.identical and not self.holm < ALPHA

    @property
    def verdict(self) -> str:
        """What may be said of the difference."""
        if self.identical:
            return "the same in every fold"
        if self.open:
            return "no difference shown"
        return f"scores {'higher' if self.estimate > 0.0 else 'lower'} in this cohort"

    @property
    def numbers(self) -> str:
        """The metric, the difference, its corrected interval and its Holm p value."""
        bounds = interval(self.low, self.high)
        return f"{self.metric} {signed(self.estimate)}, 95 % {bounds}, Holm {p_is(self.holm)}"

    @property
    def unborne(self) -> dict[str, float]:
        """Titles of the tests that claim what the corrected test does not bear out, with p."""
        if self.corrected < ALPHA:
            return {}
        return {title: p for title, p in self.published.items() if p < ALPHA}


def findings(results: Results, question: Question) -> list[Finding]:
    """Return what was found for a question in every metric in which it was compared."""
    key_b, key_a = question.method.fingerprint, question.reference.fingerprint
    return [
        _finding(results, one, sign=1.0 if one.method_b == key_b else -1.0)
        for one in pairs_in_order(results)
        if {one.method_a, one.method_b} == {key_a, key_b}
    ]


def _finding(results: Results, one: Compared, *, sign: float) -> Finding:
    test = one.tests[results.primary]
    low, high = sorted((sign * test.low, sign * test.high))
    return Finding(
        metric=results.metric_titles.get(one.metric, one.metric),
        estimate=sign * test.estimate,
        low=low,
        high=high,
        corrected=test.pvalue,
        holm=one.holm,
        detectable=_detectable(results, one),
        published={
            results.comparison_titles[name]: one.tests[name].pvalue
            for name, role in results.comparison_roles.items()
            if role == "as published"
        },
    )


def _detectable(results: Results, one: Compared) -> float:
    scores = {o.method.fingerprint: o.scores for o in results.outcomes}
    a, b = (scores[key][one.metric].values for key in (one.method_a, one.method_b))
    ratio = results.protocol.test_train_ratio
    return minimum_detectable_difference(b - a, test_train_ratio=ratio)
