from __future__ import annotations

import doctest
import math
from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_metrics import threshold_metrics
from lnmbench_metrics.threshold_metrics import format_proportion

from lnmbench.contracts import Metric, Thresholded
from lnmbench.errors import UserError

TRUTH = np.array([0.0, 0.0, 1.0, 1.0])
PREDICTED = np.array([0.1, 0.4, 0.35, 0.8])
BuildMetric = Callable[[str], Metric]


@pytest.mark.parametrize(
    ("text", "title", "threshold", "expected"),
    [
        ("sensitivity", "Sens. at spec. .90", 0.8, 0.5),
        ("sensitivity:specificity=0.5", "Sens. at spec. .50", 0.35, 1.0),
        ("specificity", "Spec. at sens. .90", 0.35, 0.5),
        ("specificity:sensitivity=0.5", "Spec. at sens. .50", 0.8, 1.0),
        ("ppv", "PPV at sens. .90", 0.35, 2 / 3),
        ("npv:sensitivity=0.925", "NPV at sens. .925", 0.35, 1.0),
        ("npv:sensitivity=1", "NPV at sens. 1.00", 0.35, 1.0),
    ],
)
def test_the_inner_folds_choose_the_threshold(
    build_metric: BuildMetric, text: str, title: str, threshold: float, expected: float
) -> None:
    metric = build_metric(text)
    assert isinstance(metric, Thresholded)
    assert metric.title == title
    assert metric.threshold(TRUTH, PREDICTED) == threshold
    assert metric(TRUTH, PREDICTED, threshold) == pytest.approx(expected)


def test_test_cases_are_scored_at_the_threshold_of_training_cases(
    build_metric: BuildMetric,
) -> None:
    metric = build_metric("npv:sensitivity=1.0")
    assert isinstance(metric, Thresholded)
    threshold = metric.threshold(TRUTH, PREDICTED)
    # a positive test case below the threshold is missed, though a threshold of its fold finds it
    assert metric(np.array([0.0, 1.0]), np.array([0.1, 0.2]), threshold) == 0.5


@pytest.mark.parametrize(
    ("text", "truth", "threshold"),
    [
        ("sensitivity", [0.0, 0.0], 0.5),
        ("specificity", [1.0, 1.0], 0.5),
        ("ppv", [0.0, 1.0], 0.9),
        ("npv", [0.0, 1.0], 0.0),
    ],
)
def test_a_proportion_of_no_case_is_nan(
    build_metric: BuildMetric, text: str, truth: list[float], threshold: float
) -> None:
    metric = build_metric(text)
    assert isinstance(metric, Thresholded)
    assert math.isnan(metric(np.array(truth), np.array([0.2, 0.6]), threshold))


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("net_benefit", "Net benefit at .20", 2 / 4 - 1 / 4 * 0.25),
        ("net_benefit:threshold=0.5", "Net benefit at .50", 1 / 4),
    ],
)
def test_net_benefit_has_a_fixed_threshold(
    build_metric: BuildMetric, text: str, title: str, expected: float
) -> None:
    metric = build_metric(text)
    assert metric(TRUTH, PREDICTED) == pytest.approx(expected)
    assert metric.title == title
    assert not isinstance(metric, Thresholded)


def test_the_worst_model_reaches_the_bound_of_net_benefit(build_metric: BuildMetric) -> None:
    metric = build_metric("net_benefit:threshold=0.4")
    assert metric(np.zeros(5), np.ones(5)) == pytest.approx(metric.bounds[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "npv:sensitivity=90",
            "invalid sensitivity for metric npv: expected above 0 and at most",
        ),
        ("ppv:sensitivity=0", "invalid sensitivity for metric ppv"),
        ("specificity:sensitivity=nan", "wrong value for sensitivity .* got 'nan'"),
        ("sensitivity:specificity=-1", "invalid specificity for metric sensitivity"),
        ("net_benefit:threshold=1", "invalid threshold for metric net_benefit"),
        ("net_benefit:threshold=20%", "wrong value for threshold"),
        ("npv:specificity=0.9", "unknown parameter 'specificity' of metric npv"),
    ],
)
def test_invalid_parameters_are_refused_in_one_line(
    build_metric: BuildMetric, text: str, message: str
) -> None:
    with pytest.raises(UserError, match=message) as refused:
        build_metric(text)
    assert "\n" not in str(refused.value)


def test_proportions_have_two_digits_or_as_many_as_they_have() -> None:
    assert format_proportion(0.0) == ".00"
    result = doctest.testmod(threshold_metrics)
    assert (result.attempted > 0, result.failed) == (True, 0)
