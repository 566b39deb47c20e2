"""In which order a reader finds metrics and pairs, however they are stored."""

from __future__ import annotations

from dataclasses import replace

from lnmbench.records import PairComparison, Results, TestResult
from lnmbench_report.arms import questions


def metrics_in_order(results: Results) -> list[str]:
    """Return the metrics: the primary ones as they were declared, then the others."""
    primary = primary_in_order(results)
    return [*primary, *(name for name in results.metrics if name not in primary)]


def primary_in_order(results: Results) -> list[str]:
    """Return the primary metrics as they were declared."""
    return [name for name in results.primary_metrics if name in results.metrics]


def pairs_in_order(results: Results) -> list[PairComparison]:
    """Return the comparisons: the question of the auxiliary task, its controls, baselines, others.

    Each stands as it is asked: b is the method in question, a its reference.
    """
    asked = questions(results)
    places = {question.couple: place for place, question in reversed(list(enumerate(asked)))}
    metrics = {name: place for place, name in enumerate(metrics_in_order(results))}

    def key(one: PairComparison) -> tuple[int, str, str, int]:
        place = places.get(frozenset((one.method_a, one.method_b)), len(asked))
        return place, one.method_b, one.method_a, metrics.get(one.metric, len(metrics))

    def as_asked(one: PairComparison) -> PairComparison:
        place = places.get(frozenset((one.method_a, one.method_b)))
        same = place is None or asked[place].method.fingerprint == one.method_b
        return one if same else turned(one)

    return [as_asked(one) for one in sorted(results.compared, key=key)]


def turned(one: PairComparison) -> PairComparison:
    """Return a comparison the other way round: a - b instead of b - a."""
    tests = {name: _turned(test) for name, test in one.tests.items()}
    return replace(one, method_a=one.method_b, method_b=one.method_a, tests=tests)


def _turned(test: TestResult) -> TestResult:
    return replace(
        test,
        estimate=0.0 - test.estimate,
        low=0.0 - test.high,
        high=0.0 - test.low,
        statistic=0.0 - test.statistic,
        worse=test.better,
        better=test.worse,
    )
