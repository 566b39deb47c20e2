"""Effects: direction, text, power and published tests of a question in one metric."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lnmbench.results import (
    Effect,
    aux_questions,
    describe_missing_scores,
    describe_undefined,
    describe_verdicts,
    is_unconfirmed,
    published_tests,
    question_effects,
    reverse_comparison,
)
from lnmbench.stats.resampled import minimum_detectable_difference
from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_results

EFFECT = Effect(
    metric="auc",
    metric_title="AUC",
    estimate=0.02,
    low=0.01,
    high=0.03,
    corrected=0.01,
    holm=0.02,
    detectable=0.015,
    published={"plain t": 0.001},
)


@pytest.mark.parametrize(
    ("changes", "direction"),
    [
        ({}, "better"),
        ({"estimate": -0.02}, "worse"),
        ({"upward": False}, "worse"),
        ({"estimate": -0.02, "upward": False}, "better"),
        ({"holm": 0.05}, "open"),
        ({"estimate": 0.0, "low": 0.0, "high": 0.0, "holm": 1.0}, "same"),
    ],
)
def test_the_direction_takes_holm_and_the_better_side(
    changes: dict[str, float], direction: str
) -> None:
    effect = replace(EFFECT, **changes)
    assert effect.direction == direction
    assert effect.open == (direction == "open")


def test_effects_are_those_of_the_primary_test_whichever_way_pairs_are_stored() -> None:
    results = sample_results(SAMPLE_METHODS[:2])
    (question,) = aux_questions(results)
    auc, ap = question_effects(results, question)
    comparison = results.pair_comparisons[0]
    test = comparison.tests["corrected"]
    assert (auc.metric, auc.metric_title, ap.metric_title) == ("auc", "AUC", "AP")
    assert (auc.estimate, auc.low, auc.high) == (test.estimate, test.low, test.high)
    assert (auc.corrected, auc.holm) == (test.pvalue, comparison.holm)
    method, reference = (r.scores["auc"].values for r in results.method_results)
    expected = minimum_detectable_difference(
        method - reference, test_train_ratio=results.protocol.test_train_ratio, level=0.975
    )
    assert auc.detectable == pytest.approx(expected)
    backwards = replace(
        results,
        pair_comparisons=tuple(reverse_comparison(c) for c in results.pair_comparisons[::-1]),
    )
    assert question_effects(backwards, question)[0].estimate == auc.estimate


def test_published_tests_are_confirmed_by_the_primary_one_or_not() -> None:
    results = sample_results(SAMPLE_METHODS[:2])
    assert published_tests(results) == ["paired"]
    (question,) = aux_questions(results)
    auc, _ = question_effects(results, question)
    assert list(auc.unconfirmed) == ["plain paired t"]
    assert is_unconfirmed(results, results.pair_comparisons[0], "paired")
    assert replace(auc, corrected=0.04).unconfirmed == {}
    assert replace(auc, published={"plain paired t": 0.06}).unconfirmed == {}


def test_an_undefined_metric_is_not_compared_and_says_why() -> None:
    results = sample_results(SAMPLE_METHODS[:2])
    first, second = results.method_results
    values = first.scores["auc"].values.copy()
    values[0, :2] = np.nan
    broken = replace(
        first, scores={**first.scores, "auc": replace(first.scores["auc"], values=values)}
    )
    comparison = replace(results.pair_comparisons[0], tests={}, holm=1.0)
    changed = replace(results, method_results=(broken, second), pair_comparisons=(comparison,))
    assert describe_missing_scores(broken, "auc") == "2 of 20 folds of resnet50 + pt"
    assert describe_missing_scores(second, "auc") == ""
    reason = "undefined on 2 of 20 folds of resnet50 + pt"
    assert describe_undefined(changed, comparison) == reason
    assert describe_undefined(results, results.pair_comparisons[0]) == ""
    (question,) = aux_questions(changed)
    (effect,) = question_effects(changed, question)
    assert (effect.verdict, effect.numbers) == ("not compared", f"AUC is {reason}")
    assert effect.direction == "open"
    assert not effect.open


def test_verdicts_are_grouped_with_their_numbers() -> None:
    other = replace(EFFECT, metric="ap", metric_title="AP", holm=0.2)
    assert describe_verdicts([EFFECT, other]) == (
        "scores better in this cohort (AUC +.020, 95 % CI .010 to .030, Holm p = .02), "
        "no difference shown (AP +.020, 95 % CI .010 to .030, Holm p = .20)"
    )
    lower = replace(EFFECT, metric_title="Brier", upward=False)
    assert "Brier +.020, lower is better, 95 % CI" in describe_verdicts([lower])
