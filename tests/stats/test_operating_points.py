"""Operating points and the choice of a threshold, against counting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import confusion_matrix

from lnmbench.stats.operating_points import (
    count_outcomes,
    operating_point,
    threshold_for_sensitivity,
    threshold_for_specificity,
)

BOTH = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 10)), min_size=2, max_size=30).filter(
    lambda cases: {label for label, _ in cases} == {0, 1}
)
TARGETS = st.sampled_from([0.01, 0.3, 0.5, 0.7, 0.9, 1.0])


def arrays(cases: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    y, tenths = np.array(cases, dtype=float).T
    return y, tenths / 10


@given(BOTH, st.integers(0, 10))
@settings(max_examples=50, deadline=None)
def test_counts_are_the_confusion_matrix(cases: list[tuple[int, int]], tenths: int) -> None:
    y, p = arrays(cases)
    counts = count_outcomes(y, p, tenths / 10)
    tn, fp, fn, tp = confusion_matrix(y, p >= tenths / 10, labels=[0, 1]).ravel()
    assert (counts.true_negatives, counts.false_positives) == (tn, fp)
    assert (counts.false_negatives, counts.true_positives) == (fn, tp)


def test_with_one_repeat_shares_have_the_intervals_of_wilson() -> None:
    y = np.repeat([1.0, 1.0, 0.0, 0.0], [45, 5, 30, 70])
    called = np.repeat([True, False, True, False], [45, 5, 30, 70])
    point = operating_point(y, called, level=0.9)
    expected = {"sensitivity": (45, 50), "specificity": (70, 100), "ppv": (45, 75), "npv": (70, 75)}
    for name, (count, total) in expected.items():
        share = getattr(point, name)
        assert share.estimate == pytest.approx(count / total)
        assert getattr(count_outcomes(y, called, 0.5), name) == share.estimate
        wilson = stats.binomtest(count, total).proportion_ci(0.9, method="wilson")
        assert (share.interval.low, share.interval.high) == pytest.approx(tuple(wilson))
        assert share.interval.level == 0.9


def draw_calls(seed: int, n: int, repeats: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,), and calls (repeats, n) of a method that varies between repeats."""
    random = np.random.default_rng(seed)
    y = (random.random(n) < 0.3).astype(float)
    score = y + random.normal(size=n) + 0.7 * random.normal(size=(repeats, n))
    return y, score > 0.6


def test_shares_are_those_of_each_repeat_averaged() -> None:
    y, called = draw_calls(0, 200, 5)
    point = operating_point(y, called)
    each = [confusion_matrix(y, repeat).ravel() for repeat in called]
    expected = {
        "sensitivity": [tp / (tp + fn) for tn, fp, fn, tp in each],
        "specificity": [tn / (tn + fp) for tn, fp, fn, tp in each],
        "ppv": [tp / (tp + fp) for tn, fp, fn, tp in each],
        "npv": [tn / (tn + fn) for tn, fp, fn, tp in each],
    }
    for name, values in expected.items():
        assert getattr(point, name).estimate == pytest.approx(np.mean(values))


def test_intervals_of_averages_are_those_of_resampled_patients() -> None:
    y, called = draw_calls(1, 400, 4)
    point = operating_point(y, called)
    random = np.random.default_rng(2)
    drawn: dict[str, list[float]] = {"sensitivity": [], "ppv": []}
    for _ in range(1500):
        rows = random.integers(0, 400, 400)
        again, labels = called[:, rows], y[rows] == 1
        drawn["sensitivity"].append(np.mean([c[labels].mean() for c in again]))
        drawn["ppv"].append(np.mean([labels[c].mean() for c in again]))
    for name, values in drawn.items():
        share = getattr(point, name)
        low, high = np.quantile(values, [0.025, 0.975])
        assert (share.interval.low, share.interval.high) == (
            pytest.approx(low, abs=0.12 * (high - low)),
            pytest.approx(high, abs=0.12 * (high - low)),
        )
        once = getattr(operating_point(y, called[0]), name).interval
        assert share.interval.high - share.interval.low < once.high - once.low


def test_cases_of_one_patient_count_as_one_patient() -> None:
    y, called = draw_calls(3, 60, 3)
    single = operating_point(y, called)
    twice = operating_point(np.tile(y, 2), np.tile(called, 2), patients=np.tile(np.arange(60), 2))
    for name in ("sensitivity", "specificity", "ppv", "npv"):
        a, b = getattr(single, name).interval, getattr(twice, name).interval
        assert (a.low, a.high) == pytest.approx((b.low, b.high))


def test_a_share_of_nothing_is_nan_and_one_class_is_allowed() -> None:
    none = operating_point([0, 1], np.array([False, False]))
    assert math.isnan(none.ppv.estimate)
    assert math.isnan(none.ppv.interval.low)
    assert (none.npv.estimate, none.sensitivity.estimate) == (0.5, 0.0)
    everyone = operating_point([0, 0], np.array([True, True]))
    assert math.isnan(everyone.npv.estimate)
    assert math.isnan(everyone.sensitivity.estimate)
    assert everyone.specificity.estimate == 0.0


def test_a_repeat_without_calls_is_left_out_and_certainty_keeps_the_interval_of_one_repeat() -> (
    None
):
    y, called = np.array([1.0, 1.0, 0.0, 0.0]), np.array([[True, False, True, False], [False] * 4])
    assert operating_point(y, called).ppv.estimate == 0.5
    sure = operating_point(np.ones(12), np.ones((10, 12), dtype=bool)).sensitivity
    wilson = stats.binomtest(12, 12).proportion_ci(method="wilson")
    assert (sure.interval.low, sure.interval.high) == pytest.approx(tuple(wilson))
    # each patient is called in half of the repeats: no variance between patients
    chance = operating_point(np.ones(2), np.array([[True, False], [False, True]])).sensitivity
    assert chance.estimate == 0.5
    assert 0.1 < chance.interval.low < 0.5 < chance.interval.high < 0.9


@given(BOTH, TARGETS)
@settings(max_examples=80, deadline=None)
def test_thresholds_reach_what_is_asked_and_are_the_best_that_do(
    cases: list[tuple[int, int]], target: float
) -> None:
    y, p = arrays(cases)
    candidates = [*np.unique(p), 2.0]
    points = [count_outcomes(y, p, t) for t in candidates]
    for choose, reached, other in (
        (threshold_for_sensitivity, "sensitivity", "specificity"),
        (threshold_for_specificity, "specificity", "sensitivity"),
    ):
        chosen = count_outcomes(y, p, choose(y, p, target))
        assert getattr(chosen, reached) >= target
        best = max(getattr(c, other) for c in points if getattr(c, reached) >= target)
        assert getattr(chosen, other) == best


def test_a_specificity_that_no_case_reaches_calls_nobody_positive() -> None:
    t = threshold_for_specificity([1, 0], [0.2, 0.8], 1.0)
    assert t == math.inf
    # neither the greatest probability that there is, nor one that an average has rounded up to
    for p in ([0.2, 0.8], [0.2, 1.0], [0.5, 0.5]):
        assert count_outcomes([1, 0], p, t).false_positives == 0
    assert threshold_for_specificity([1, 0, 0], [1.0, 1.0, 1.0], 0.9) == math.inf
    assert threshold_for_sensitivity([0, 1, 1], [0.3, 0.3, 0.3], 0.9) == 0.3


def test_nine_of_ten_is_ninety_percent() -> None:
    y, p = np.r_[np.ones(10), 0.0], np.r_[np.arange(10) / 10, 0.05]
    assert threshold_for_sensitivity(y, p, 0.9) == 0.1


@pytest.mark.parametrize("choose", [threshold_for_sensitivity, threshold_for_specificity])
def test_what_cannot_be_chosen_is_refused(choose) -> None:  # type: ignore[no-untyped-def]
    for wrong in (0.0, 90, math.nan):
        with pytest.raises(ValueError, match="at_least"):
            choose([0, 1], [0.1, 0.2], wrong)
    with pytest.raises(ValueError, match="both classes"):
        choose([1, 1], [0.1, 0.2], 0.9)
    with pytest.raises(ValueError, match="probabilities: 1 of 2"):
        choose([0, 1], [0.1, math.nan], 0.9)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold: "):
        count_outcomes([0, 1], [0.1, 0.2], math.nan)
    with pytest.raises(ValueError, match="labels: 1 of 2"):
        operating_point([0, math.nan], np.array([True, False]))
    with pytest.raises(ValueError, match="calls: expected True or False for each of 2 labels"):
        operating_point([0, 1], np.array([True, False, True]))
    with pytest.raises(ValueError, match="calls: expected True or False"):
        operating_point([0, 1], [0.1, 0.2])
    with pytest.raises(ValueError, match="level"):
        operating_point([0, 1], np.array([True, False]), level=95)
