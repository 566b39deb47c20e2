"""The order of metrics and comparisons."""

from __future__ import annotations

from dataclasses import replace

from lnmbench.results import (
    comparisons_in_order,
    metrics_in_order,
    primary_metrics_in_order,
    reverse_comparison,
)
from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_results


def test_primary_metrics_come_first_as_they_were_declared() -> None:
    results = sample_results(SAMPLE_METHODS[:2], primary=("ap", "auc"))
    assert primary_metrics_in_order(results) == ["ap", "auc"]
    assert metrics_in_order(results)[:3] == ["ap", "auc", "brier"]
    assert sorted(metrics_in_order(results)) == sorted(results.metrics)


def test_comparisons_are_oriented_and_sorted_by_question_however_they_are_stored() -> None:
    results = sample_results()
    backwards = replace(
        results,
        pair_comparisons=tuple(reverse_comparison(c) for c in results.pair_comparisons[::-1]),
    )
    keys = [
        [(c.method_b, c.method_a, c.metric) for c in comparisons_in_order(r)][:6]
        for r in (results, backwards)
    ]
    assert keys[0] == keys[1]
    labels = {r.method.fingerprint: r.method.label for r in results.method_results}
    assert [(labels[b], labels[a], metric) for b, a, metric in keys[0]] == [
        ("resnet50 + pt", reference, metric)
        for reference in ("resnet50", "resnet50 + pt:shuffled=1", "logistic")
        for metric in ("auc", "ap")
    ]


def test_a_reversed_comparison_has_the_other_sign_and_the_same_p() -> None:
    comparison = sample_results(SAMPLE_METHODS[:2]).pair_comparisons[0]
    reverse = reverse_comparison(comparison)
    assert (reverse.method_a, reverse.method_b) == (comparison.method_b, comparison.method_a)
    test, other = comparison.tests["corrected"], reverse.tests["corrected"]
    assert (other.estimate, other.low, other.high) == (-test.estimate, -test.high, -test.low)
    assert (other.pvalue, reverse.holm) == (test.pvalue, comparison.holm)
    bayes, mirrored = comparison.tests["bayes"], reverse.tests["bayes"]
    assert (mirrored.worse, mirrored.better) == (bayes.better, bayes.worse)
    again = reverse_comparison(reverse).tests["corrected"]
    assert (again.estimate, again.low, again.high) == (test.estimate, test.low, test.high)
