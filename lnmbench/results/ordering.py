"""Order of metrics and comparisons in a report, independent of how they are stored."""

from __future__ import annotations

from dataclasses import replace

from lnmbench.records import PairComparison, Results, TestResult
from lnmbench.results.control_groups import summarized_controls
from lnmbench.results.questions import all_questions


def metrics_in_order(results: Results) -> list[str]:
    """Return the metrics: the primary ones as they were declared, then the others."""
    primary = primary_metrics_in_order(results)
    return [*primary, *(name for name in results.metrics if name not in primary)]


def primary_metrics_in_order(results: Results) -> list[str]:
    """Return the primary metrics as they were declared."""
    return [name for name in results.primary_metrics if name in results.metrics]


def comparisons_in_order(results: Results) -> list[PairComparison]:
    """Return the comparisons: auxiliary questions, their controls, baselines, others.

    In each, b is the method in question and a its reference. Those with a negative control of a
    large set are left out.
    """
    questions = all_questions(results)
    summarized = summarized_controls([result.method for result in results.method_results])
    listed = [c for c in results.pair_comparisons if not {c.method_a, c.method_b} & summarized]
    position = {q.fingerprints: index for index, q in reversed(list(enumerate(questions)))}
    metrics = {name: index for index, name in enumerate(metrics_in_order(results))}

    def sort_key(comparison: PairComparison) -> tuple[int, str, str, int]:
        pair = frozenset((comparison.method_a, comparison.method_b))
        metric = metrics.get(comparison.metric, len(metrics))
        index = position.get(pair, len(questions))
        return index, comparison.method_b, comparison.method_a, metric

    def orient(comparison: PairComparison) -> PairComparison:
        index = position.get(frozenset((comparison.method_a, comparison.method_b)))
        if index is None or questions[index].method.fingerprint == comparison.method_b:
            return comparison
        return reverse_comparison(comparison)

    return [orient(comparison) for comparison in sorted(listed, key=sort_key)]


def reverse_comparison(comparison: PairComparison) -> PairComparison:
    """Return a comparison the other way round: a - b instead of b - a."""
    return replace(
        comparison,
        method_a=comparison.method_b,
        method_b=comparison.method_a,
        tests={name: _reverse_test(test) for name, test in comparison.tests.items()},
    )


def _reverse_test(test: TestResult) -> TestResult:
    return replace(
        test,
        estimate=0.0 - test.estimate,
        low=0.0 - test.high,
        high=0.0 - test.low,
        statistic=0.0 - test.statistic,
        worse=test.better,
        better=test.worse,
    )
