from __future__ import annotations

import pytest

from lnmbench import TestResult
from lnmbench.testing import sample_cohort
from lnmbench.testing.evaluation_checks import (
    check_comparison_interval,
    check_comparison_of_equal_methods,
    check_comparison_probabilities,
    check_metric_bounds,
    check_metric_kinds,
    check_numbered_check_texts,
)

COHORT = sample_cohort()


class Doubled:
    """An AUC times two that scores an unknown kind of label."""

    title, greater_is_better = "2 AUC", True
    kinds, bounds = ("binary", "color"), (0.0, 1.0)

    def __call__(self, truth, predicted):
        return 2.0 * float(predicted[truth == 1].mean() > predicted[truth == 0].mean())


def test_kinds_and_bounds_of_a_metric_are_checked() -> None:
    with pytest.raises(AssertionError, match="kinds are"):
        check_metric_kinds(Doubled(), COHORT)
    with pytest.raises(AssertionError, match="exceed the bounds"):
        check_metric_bounds(Doubled(), COHORT)


class Constant:
    """A comparison that finds the same difference everywhere."""

    def __call__(self, pair):
        return TestResult(statistic=2.0, df=14.0, estimate=0.1, low=0.2, high=0.3, pvalue=0.01)


def test_each_fault_of_a_comparison_is_found_by_its_check() -> None:
    with pytest.raises(AssertionError, match="outside its interval"):
        check_comparison_interval(Constant(), COHORT)
    with pytest.raises(AssertionError, match="two equal methods differ"):
        check_comparison_of_equal_methods(Constant(), COHORT)
    check_comparison_probabilities(Constant(), COHORT)


def test_a_numbered_check_needs_a_remedy() -> None:
    class Silent:
        """A check without a remedy."""

        title, severity, remedy = "sees", "warning", ""

    with pytest.raises(AssertionError, match="no remedy"):
        check_numbered_check_texts(Silent(), COHORT)
