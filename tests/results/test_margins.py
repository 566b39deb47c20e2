"""Verdicts within declared margins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scipy.stats import t as student

from lnmbench.records import PairComparison, Results, TestResult
from lnmbench.results import (
    aux_questions,
    declared_margin,
    margin_verdict,
    question_margins,
)
from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_results

DF = 19
HALF = float(student.ppf(0.975, DF)) * 0.01


@pytest.fixture(scope="module")
def declared() -> Results:
    return sample_results(SAMPLE_METHODS[:2], margins=(("auc", 0.02),))


def make_pair(estimate: float, metric: str = "auc") -> PairComparison:
    """Return a pair with a standard error of .01."""
    test = TestResult(
        estimate=estimate, low=estimate - HALF, high=estimate + HALF, statistic=0.0, df=DF
    )
    return PairComparison(
        metric=metric, method_a="a", method_b="b", tests={"corrected": test}, holm=1.0
    )


@pytest.mark.parametrize(
    ("estimate", "verdict"),
    [
        # t of 19 df: .05 one-sided 1.73, .025 one-sided 2.09
        (0.03, "superior"),
        (0.021, "superior"),
        (0.01, "non-inferior"),
        (0.002, "equivalent"),
        (-0.002, "equivalent"),
        (-0.01, "inconclusive"),
        (-0.03, "inferior"),
    ],
)
def test_the_verdict_follows_from_the_intervals(
    declared: Results, estimate: float, verdict: str
) -> None:
    result = margin_verdict(declared, make_pair(estimate))
    assert result is not None
    assert result.verdict == verdict
    assert result.test.interval.high == pytest.approx(estimate + student.ppf(0.95, DF) * 0.01)
    lower = replace(declared, metric_better={"auc": False})
    mirrored = margin_verdict(lower, make_pair(-estimate))
    assert mirrored is not None
    assert (mirrored.verdict, mirrored.estimate) == (verdict, estimate)


def test_a_small_difference_can_be_superior_and_equivalent(declared: Results) -> None:
    wide = replace(declared, protocol=replace(declared.protocol, margins=(("auc", 0.05),)))
    result = margin_verdict(wide, make_pair(0.022))
    assert result is not None
    assert result.verdict == "superior and equivalent"


def test_only_metrics_with_a_margin_have_a_verdict(declared: Results) -> None:
    (question,) = aux_questions(declared)
    (verdict,) = question_margins(declared, question)
    assert verdict.metric_title == "AUC"
    assert verdict.estimate == pytest.approx(
        declared.pair_comparisons[0].tests["corrected"].estimate
    )
    assert "in AUC (margin .020, 90 % CI of the improvement " in verdict.text
    assert declared_margin(declared, "auc") == 0.02
    assert declared_margin(declared, "ap") is None
    assert margin_verdict(declared, make_pair(0.0, "ap")) is None
    assert not question_margins(sample_results(SAMPLE_METHODS[:2]), question)


def test_the_bayesian_region_is_the_declared_margin(declared: Results) -> None:
    ropes = {c.metric: c.tests["bayes"].rope for c in declared.pair_comparisons}
    assert ropes == {"auc": 0.02, "ap": 0.01}
