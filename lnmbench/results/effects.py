"""Effects: the estimated difference of a question in one metric, with its test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lnmbench.records import MethodResult, PairComparison, Results
from lnmbench.results.formatting import (
    ALPHA,
    format_difference,
    format_interval,
    format_p_equation,
    join_and,
    metric_title,
)
from lnmbench.results.method_relations import is_control_of, is_image_control_of, is_reference_of
from lnmbench.results.ordering import metrics_in_order, reverse_comparison
from lnmbench.results.questions import Question
from lnmbench.stats.resampled import minimum_detectable_difference

Role = Literal["family", "control", "descriptive"]
"""The part of an effect in the answer: Holm's p decides in the family, the corrected p against a
negative control, and of a control against the network without a task; a descriptive effect has no
verdict."""
Direction = Literal["better", "worse", "open", "same", "descriptive"]
VERDICTS: dict[Direction, str] = {
    "better": "scores better in this cohort",
    "worse": "scores worse in this cohort",
    "open": "no difference shown",
    "same": "the same in every fold",
    "descriptive": "descriptive, without verdict",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The difference between a question's method and its reference in one metric.

    `corrected` is the p value of the primary test, `holm` the same after Holm's correction, NaN
    outside of the family. `role` says which of them decides.
    `detectable` is the difference that the primary test finds with 80 % power at the threshold that
    decides, given the spread of the differences over these folds.
    `published` maps the titles of tests that earlier work printed to their p values. `upward` is
    False for a metric where lower is better. `undefined` says why the pair was not compared: the
    numbers are NaN then, and Holm's p is 1.
    """

    metric: str
    metric_title: str
    estimate: float
    low: float
    high: float
    corrected: float
    holm: float
    detectable: float
    published: Mapping[str, float]
    upward: bool = True
    undefined: str = ""
    role: Role = "family"

    @property
    def pvalue(self) -> float:
        """The p value that decides or, of a descriptive effect, that is shown."""
        return self.holm if self.role == "family" else self.corrected

    @property
    def direction(self) -> Direction:
        """The direction shown: better, worse, the same in every fold, open, or descriptive."""
        if self.estimate == self.low == self.high == 0.0:
            return "same"
        if self.role == "descriptive":
            return "descriptive"
        if not self.pvalue < ALPHA:
            return "open"
        return "better" if (self.estimate > 0.0) == self.upward else "worse"

    @property
    def open(self) -> bool:
        """True if a difference may exist that was not shown."""
        return self.direction == "open" and not self.undefined

    @property
    def verdict(self) -> str:
        """The conclusion that the test allows, in words."""
        return "not compared" if self.undefined else VERDICTS[self.direction]

    @property
    def numbers(self) -> str:
        """The metric, the difference, its corrected interval and its p value, as text."""
        if self.undefined:
            return f"{self.metric_title} is {self.undefined}"
        bounds = format_interval(self.low, self.high)
        half_width = (self.high - self.low) / 2.0
        difference = format_difference(self.estimate, estimate=half_width)
        difference += "" if self.upward else ", lower is better"
        return f"{self.metric_title} {difference}, 95 % CI {bounds}, {self.p_equation}"

    @property
    def p_equation(self) -> str:
        """The p value that decides or is shown, as text that names its correction."""
        correction = "Holm" if self.role == "family" else "unadjusted"
        return f"{correction} {format_p_equation(self.pvalue)}"

    @property
    def unconfirmed(self) -> dict[str, float]:
        """Titles of published tests, with p, that the primary test does not confirm."""
        if self.corrected < ALPHA:
            return {}
        return {title: p for title, p in self.published.items() if p < ALPHA}


def question_effects(results: Results, question: Question) -> list[Effect]:
    """Return the effect of a question in every metric in which it was compared."""
    fingerprints = question.fingerprints
    comparisons = [
        comparison
        for comparison in results.pair_comparisons
        if {comparison.method_a, comparison.method_b} == fingerprints
    ]
    position = {name: index for index, name in enumerate(metrics_in_order(results))}
    comparisons.sort(key=lambda comparison: position.get(comparison.metric, len(position)))
    method = question.method.fingerprint
    return [
        _effect(results, c if c.method_b == method else reverse_comparison(c), _role(question, c))
        for c in comparisons
    ]


def describe_verdicts(effects: Sequence[Effect]) -> str:
    """Return the verdict on each metric of one question, with its numbers in parentheses."""
    numbers: dict[str, list[str]] = {}
    for effect in effects:
        numbers.setdefault(effect.verdict, []).append(effect.numbers)
    return ", ".join(f"{verdict} ({'; '.join(group)})" for verdict, group in numbers.items())


def describe_undefined(results: Results, comparison: PairComparison) -> str:
    """Return why a pair was not compared, as `undefined on 2 of 6 folds of logistic`, or ""."""
    if comparison.tests:
        return ""
    by_key = {result.method.fingerprint: result for result in results.method_results}
    methods = (by_key[comparison.method_b], by_key[comparison.method_a])
    parts = [describe_missing_scores(method, comparison.metric) for method in methods]
    return f"undefined on {join_and(list(filter(None, parts)))}"


def describe_missing_scores(result: MethodResult, metric: str) -> str:
    """Return on how many folds a method's metric is undefined, or "" if on none."""
    values = result.scores[metric].values
    missing = int(np.isnan(values).sum())
    return f"{missing} of {values.size} folds of {result.method.label}" if missing else ""


def family_size(results: Results) -> int:
    """Return the number of tests over which Holm's correction runs."""
    return sum(comparison.in_family for comparison in results.pair_comparisons)


def deciding_alpha(results: Results, role: Role) -> float:
    """Return the threshold of p that decides: .05, in the family divided by the number of tests.

    Holm's correction compares the smallest p of a family with it.
    """
    return ALPHA / family_size(results) if role == "family" else ALPHA


def published_tests(results: Results) -> list[str]:
    """Return the names of the comparisons that earlier work used, and that lnmbench only shows."""
    return [name for name, role in results.comparison_roles.items() if role == "as published"]


def is_unconfirmed(results: Results, comparison: PairComparison, test: str) -> bool:
    """Return whether a published test claims a difference that the primary one does not confirm.

    Parameters
    ----------
    results
        The results with the name of the primary test.
    comparison
        A pair that was compared.
    test
        The name of the published test.
    """
    primary = comparison.tests[results.primary].pvalue
    return comparison.tests[test].pvalue < ALPHA and not primary < ALPHA


def _role(question: Question, comparison: PairComparison) -> Role:
    if comparison.in_family:
        return "family"
    method, reference = question.method, question.reference
    is_against_control = is_control_of(reference, method) or is_image_control_of(reference, method)
    is_of_control = method.is_control and is_reference_of(reference, method)
    return "control" if is_against_control or is_of_control else "descriptive"


def _effect(results: Results, comparison: PairComparison, role: Role) -> Effect:
    title = metric_title(results, comparison.metric)
    if not comparison.tests:
        return Effect(
            metric=comparison.metric,
            metric_title=title,
            estimate=math.nan,
            low=math.nan,
            high=math.nan,
            corrected=math.nan,
            holm=comparison.holm,
            detectable=math.nan,
            published={},
            undefined=describe_undefined(results, comparison),
            role=role,
        )
    test = comparison.tests[results.primary]
    return Effect(
        metric=comparison.metric,
        metric_title=title,
        estimate=test.estimate,
        low=test.low,
        high=test.high,
        corrected=test.pvalue,
        holm=comparison.holm,
        detectable=_detectable(results, comparison, role),
        published={
            results.comparison_titles[name]: comparison.tests[name].pvalue
            for name in published_tests(results)
            if name in comparison.tests
        },
        upward=results.metric_better.get(comparison.metric, True),
        role=role,
    )


def _detectable(results: Results, comparison: PairComparison, role: Role) -> float:
    scores = {result.method.fingerprint: result.scores for result in results.method_results}
    methods = (scores[comparison.method_a], scores[comparison.method_b])
    if not all(comparison.metric in by_metric for by_metric in methods):
        return math.nan
    a, b = (by_metric[comparison.metric].values for by_metric in methods)
    ratio = results.protocol.test_train_ratio
    level = 1.0 - deciding_alpha(results, role)
    return minimum_detectable_difference(b - a, test_train_ratio=ratio, level=level)
