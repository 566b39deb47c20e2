"""The paired bootstrap against DeLong's variance and against cohorts drawn anew."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from lnmbench.stats.delong import delong_test
from lnmbench.stats.discrimination import prepare_auc
from lnmbench.stats.paired_bootstrap import BootstrapTest, compare_resampled, resample_metric

TRUTH = (np.arange(150) % 3 == 0).astype(float)


def draw_scores(
    seed: int, gain: float, repeats: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scores of two methods that share most of their noise, (repeats, n)."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=150)
    a, b = (0.7 * random.normal(size=(repeats, 150)) + shared for _ in range(2))
    return a + TRUTH, b + (1.0 + gain) * TRUTH


def compare(a: NDArray[np.float64], b: NDArray[np.float64], resamples: int = 2000) -> BootstrapTest:
    first, second = (
        resample_metric(TRUTH, scores, prepare_auc, resamples=resamples) for scores in (a, b)
    )
    return compare_resampled(first, second)


def test_with_one_repeat_it_agrees_with_delong() -> None:
    a, b = draw_scores(1, 0.5)
    test, delong = compare(a, b, 8000), delong_test(TRUTH, a[0], b[0])
    assert test.estimate == pytest.approx(delong.estimate)
    error = delong.estimate / delong.statistic
    assert test.standard_error == pytest.approx(error, rel=0.05)
    assert test.interval.low == pytest.approx(delong.interval.low, abs=0.2 * error)
    assert test.interval.high == pytest.approx(delong.interval.high, abs=0.2 * error)
    assert test.pvalue == pytest.approx(delong.pvalue, abs=0.02)


def test_repeats_are_scored_before_they_are_averaged() -> None:
    a, b = draw_scores(2, 0.5, repeats=4)
    means = [np.mean([roc_auc_score(TRUTH, row) for row in scores]) for scores in (a, b)]
    assert compare(a, b).estimate == pytest.approx(means[1] - means[0])
    pooled = [roc_auc_score(TRUTH, scores.mean(axis=0)) for scores in (a, b)]
    assert abs(means[0] - pooled[0]) > 0.01, "averaged scores are those of an ensemble"


def test_p_and_interval_agree() -> None:
    for seed in range(12):
        test = compare(*draw_scores(seed, 0.6), 400)
        excluded = not test.interval.low <= 0.0 <= test.interval.high
        assert excluded == (test.pvalue < 0.05) or abs(test.pvalue - 0.05) < 0.01


def test_the_rate_of_false_differences_is_near_five_percent() -> None:
    rejected = [compare(*draw_scores(seed, 0.0, 2), 200).pvalue < 0.05 for seed in range(300)]
    # binomial: 15 ± 3.8 of 300
    assert 5 <= sum(rejected) <= 27


def test_equal_predictions_do_not_differ() -> None:
    a, _ = draw_scores(3, 0.0)
    test = compare(a, a.copy())
    assert (test.estimate, test.standard_error, test.pvalue) == (0.0, 0.0, 1.0)


def test_p_has_the_resolution_of_the_resamples() -> None:
    a, _ = draw_scores(4, 0.0)
    assert compare(a, a + 50.0 * TRUTH, 999).pvalue == pytest.approx(2 / 1000)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected \(repeats, 150\)"):
        resample_metric(TRUTH, np.zeros((2, 149)), prepare_auc)
    with pytest.raises(ValueError, match="NaN"):
        resample_metric(TRUTH, np.full(150, math.nan), prepare_auc)
    few, many = (
        resample_metric(TRUTH, TRUTH[None], prepare_auc, resamples=count) for count in (10, 20)
    )
    with pytest.raises(ValueError, match="different numbers"):
        compare_resampled(few, many)
