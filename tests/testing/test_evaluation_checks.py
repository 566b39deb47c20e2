from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lnmbench import TestResult
from lnmbench.testing import sample_cohort
from lnmbench.testing.evaluation_checks import (
    check_comparison_interval,
    check_comparison_of_equal_methods,
    check_comparison_probabilities,
    check_numbered_check_texts,
)

COHORT = sample_cohort()


class Constant:
    """A comparison that finds the same difference everywhere."""

    role = "exploratory"

    def __call__(self, pair):
        return TestResult(statistic=2.0, df=14.0, estimate=0.1, low=0.2, high=0.3, pvalue=0.01)


def test_each_fault_of_a_comparison_is_found_by_its_check() -> None:
    with pytest.raises(AssertionError, match="outside its interval"):
        check_comparison_interval(Constant(), COHORT)
    with pytest.raises(AssertionError, match="two equal methods differ"):
        check_comparison_of_equal_methods(Constant(), COHORT)
    check_comparison_probabilities(Constant(), COHORT)


def test_only_a_primary_test_needs_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare(Constant):
        """A comparison without an interval."""

        def __call__(self, pair):
            return replace(super().__call__(pair), low=math.nan, high=math.nan)

    check_comparison_interval(Bare(), COHORT)
    monkeypatch.setattr(Bare, "role", "primary")
    with pytest.raises(AssertionError, match="the primary test has the interval"):
        check_comparison_interval(Bare(), COHORT)


def test_a_numbered_check_needs_a_remedy() -> None:
    class Silent:
        """A check without a remedy."""

        title, severity, remedy = "sees", "warning", ""

    with pytest.raises(AssertionError, match="no remedy"):
        check_numbered_check_texts(Silent(), COHORT)
