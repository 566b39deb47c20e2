"""LNM007: differences of the plain t-test that the corrected test does not confirm."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import PairComparison, Results
from lnmbench.results import (
    ALPHA,
    comparisons_in_order,
    method_labels,
    metric_title,
    published_tests,
)
from lnmbench_checks.messages import docs_address, join_messages


class UnconfirmedDifferences:
    """A plain paired t-test below .05 must be confirmed by the corrected test.

    In the family, that is after Holm's correction; other pairs are not adjusted.

    The message distinguishes a corrected p of .05 or more from one that Holm's correction raises
    to .05 or more. Not applicable if nothing was compared by a plain test.
    """

    title = "the corrected test confirms the plain t-test"
    severity: Literal["warning"] = "warning"
    remedy = "report the corrected p value; do not claim a difference"
    docs = docs_address("LNM007")

    def __call__(self, results: Results) -> str | None:
        """Return the unconfirmed comparisons with the reason."""
        plain_tests = published_tests(results)
        comparisons = [
            comparison
            for comparison in comparisons_in_order(results)
            if any(name in comparison.tests for name in plain_tests)
        ]
        if not comparisons:
            return None
        return join_messages(
            [
                _describe(results, comparison)
                for comparison in comparisons
                if not _is_significant(results, comparison)
                and any(
                    comparison.tests[name].pvalue < ALPHA
                    for name in plain_tests
                    if name in comparison.tests
                )
            ]
        )


def _is_significant(results: Results, comparison: PairComparison) -> bool:
    corrected = comparison.tests[results.primary].pvalue
    return (comparison.holm if comparison.in_family else corrected) < ALPHA


def _describe(results: Results, comparison: PairComparison) -> str:
    labels = method_labels(results)
    corrected = comparison.tests[results.primary].pvalue
    reason = (
        "not significant after Holm's correction"
        if corrected < ALPHA
        else "not confirmed by the corrected test"
    )
    return (
        f"{labels[comparison.method_b]} against {labels[comparison.method_a]}"
        f" in {metric_title(results, comparison.metric)} ({reason})"
    )
