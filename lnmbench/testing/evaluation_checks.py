"""Contract checks of metrics, comparisons and numbered checks."""

from __future__ import annotations

import math
import pickle

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Check, Comparison, Metric, Thresholded
from lnmbench.records import Cohort, Pair, TestResult

TRUTH = np.array([0.0, 0.0, 1.0, 1.0])
GOOD = np.array([0.1, 0.2, 0.8, 0.9])
BAD = np.array([0.9, 0.8, 0.2, 0.1])


def check_metric_direction(metric: Metric, cohort: Cohort) -> None:
    """Check that good predictions do not score worse than bad ones."""
    if "binary" in metric.kinds:
        good, bad = _values(metric)
        is_worse = good < bad if metric.greater_is_better else good > bad  # False with a NaN
        assert not is_worse, "greater_is_better is the wrong way round"


def check_comparison_interval(comparison: Comparison, cohort: Cohort) -> None:
    """Check that the interval, if the test has one, contains the estimate."""
    result = _compare(comparison, is_equal=False)
    interval = (result.low, result.high)
    assert comparison.role != "primary" or not any(map(math.isnan, interval)), (
        f"the primary test has the interval {interval}"
    )
    is_outside = result.estimate < result.low or result.estimate > result.high  # False with a NaN
    assert not is_outside, f"the estimate {result.estimate} is outside its interval {interval}"


def check_comparison_pickle(comparison: Comparison, cohort: Cohort) -> None:
    """Check that the result can be sent between processes."""
    pickle.dumps(_compare(comparison, is_equal=False))


def check_comparison_probabilities(comparison: Comparison, cohort: Cohort) -> None:
    """Check that the p value is a probability; without one, that the posterior adds up to 1."""
    result = _compare(comparison, is_equal=False)
    if math.isnan(result.pvalue):
        posterior = (result.worse, result.equivalent, result.better)
        assert math.isclose(sum(posterior), 1.0), f"the probabilities are {posterior}"
    else:
        assert 0.0 <= result.pvalue <= 1.0, f"the p value is {result.pvalue}"


def check_comparison_of_equal_methods(comparison: Comparison, cohort: Cohort) -> None:
    """Check that two methods with equal predictions do not differ."""
    is_bayesian = math.isnan(_compare(comparison, is_equal=False).pvalue)
    result = _compare(comparison, is_equal=True)
    probability = result.equivalent if is_bayesian else result.pvalue
    assert probability == 1.0, "two equal methods differ"


def check_numbered_check_texts(check: Check, cohort: Cohort) -> None:
    """Check that title, severity, remedy and docstring are complete."""
    assert check.title, "the check has no title"
    assert check.severity in ("warning", "error"), f"the severity is {check.severity}"
    assert check.remedy, "the check has no remedy"
    assert check.__doc__, "the check has no docstring"


def _values(metric: Metric) -> tuple[float, float]:
    """Return the metric of good and of bad predictions."""
    if isinstance(metric, Thresholded):
        threshold = metric.threshold(TRUTH, GOOD)
        return metric(TRUTH, GOOD, threshold), metric(TRUTH, BAD, threshold)
    return metric(TRUTH, GOOD), metric(TRUTH, BAD)


def _compare(comparison: Comparison, *, is_equal: bool) -> TestResult:
    """Return the result for two methods of which one is better by .02, or that are equal."""
    rng = np.random.default_rng(0)
    scores = rng.normal(0.7, 0.05, (3, 5))
    fold = np.tile(np.arange(40) % 5, (3, 1)).astype(np.int16)
    predicted_a, predicted_b = rng.random((3, 40)), rng.random((3, 40))
    gain: NDArray[np.float64] = rng.normal(0.02, 0.02, (3, 5))
    result = comparison(
        Pair(
            metric="auc",
            method_a="a",
            method_b="c" if is_equal else "b",
            a=scores,
            b=scores if is_equal else scores + gain,
            truth=(np.arange(40) % 2).astype(float),
            predicted_a=predicted_a,
            predicted_b=predicted_a if is_equal else predicted_b,
            fold=fold,
        )
    )
    assert result is not None, "the AUC is not compared"
    return result
