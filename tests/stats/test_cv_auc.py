"""Placements within test folds, against counting by hand and DeLong's test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from lnmbench.stats.cv_auc import (
    compare_placements,
    placement_components,
    placement_test,
    placements,
)
from lnmbench.stats.delong import components_interval, delong_interval, delong_test


def stratified(y: np.ndarray, *, repeats: int, folds: int) -> np.ndarray:
    """The test fold of each case, (repeats, n)."""
    numbers = np.empty((repeats, y.size), dtype=int)
    for repeat, row in enumerate(numbers):
        splitter = StratifiedKFold(folds, shuffle=True, random_state=repeat)
        for fold, (_, test) in enumerate(splitter.split(y, y)):
            row[test] = fold
    return numbers


def counted(y: np.ndarray, score: np.ndarray, fold: np.ndarray) -> list[float]:
    """Each case's placement, one case at a time."""
    result = []
    for case, label in enumerate(y):
        shares = []
        for row, numbers in zip(score, fold, strict=True):
            others = row[(numbers == numbers[case]) & (y != label)]
            if others.size:
                won = np.sign(row[case] - others) if label else np.sign(others - row[case])
                shares.append(float(np.mean((won + 1) / 2)))
        result.append(float(np.mean(shares)))
    return result


@pytest.fixture
def y() -> np.ndarray:
    return np.repeat([1, 0], [12, 28])


@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 4), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_against_counting_with_ties(seed: int, repeats: int, folds: int, values: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.repeat([1, 0], [9, 14])
    fold = stratified(y, repeats=repeats, folds=max(folds, 2)) if folds > 1 else None
    fold = np.zeros((repeats, y.size), dtype=int) if fold is None else fold * 7 - 3
    score = rng.integers(0, values, size=fold.shape).astype(float)
    assert placements(y, score, fold).tolist() == pytest.approx(counted(y, score, fold))


@given(st.integers(0, 10_000), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_one_repeat_of_one_fold_is_delong(seed: int, values: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.repeat([1, 0], [6, 11])
    a, b = rng.integers(0, values, size=(2, y.size)).astype(float)
    item = np.zeros((1, y.size), dtype=int)
    test, delong = placement_test(y, a[None], b[None], item), delong_test(y, a, b)
    for name in ("auc_a", "auc_b", "estimate", "statistic", "pvalue"):
        assert getattr(test, name) == pytest.approx(getattr(delong, name), abs=1e-12)
    assert test.interval.low == pytest.approx(delong.interval.low, abs=1e-12)
    interval = components_interval(placement_components(y, placements(y, a, item[0])))
    expected = delong_interval(y, a)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_auc_is_the_mean_over_folds_of_equal_make_up(y: np.ndarray) -> None:
    fold = stratified(y, repeats=3, folds=4)
    score = np.random.default_rng(0).normal(size=fold.shape) + y
    areas = [
        roc_auc_score(y[numbers == k], row[numbers == k])
        for row, numbers in zip(score, fold, strict=True)
        for k in range(4)
    ]
    test = placement_test(y, score, score, fold)
    assert test.auc_a == pytest.approx(np.mean(areas))
    assert (test.estimate, test.statistic, test.pvalue) == (0.0, 0.0, 1.0)


def test_each_models_own_scale_does_not_matter(y: np.ndarray) -> None:
    fold = stratified(y, repeats=2, folds=4)
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, *fold.shape)) + y
    moved = np.exp(a / 3.0) + 100.0 * fold + np.array([[0.0], [5000.0]])
    assert placement_test(y, moved, b, fold) == placement_test(y, a, b, fold)
    swapped, test = placement_test(y, b, a, fold), placement_test(y, a, b, fold)
    assert swapped.statistic == pytest.approx(-test.statistic)
    assert swapped.interval.high == pytest.approx(-test.interval.low)


def test_work_can_be_shared(y: np.ndarray) -> None:
    fold = stratified(y, repeats=2, folds=4)
    a, b = np.random.default_rng(2).normal(size=(2, *fold.shape)) + y
    shared = compare_placements(y, placements(y, a, fold), placements(y, b, fold), level=0.9)
    assert shared == placement_test(y, a, b, fold, level=0.9)


def test_finds_two_equal_methods_different_as_often_as_it_says() -> None:
    # models that differ by fold in scale; both see the same signal through noise of their own
    rng, runs, n = np.random.default_rng(3), 600, 80
    y = np.repeat([1, 0], [24, 56])
    fold, result = stratified(y, repeats=3, folds=4), 0
    offset = 10.0 * fold
    for _ in range(runs):
        shared = rng.normal(size=n) + y
        a, b = (shared + rng.normal(size=n) + offset for _ in range(2))
        result += placement_test(y, a, b, fold).pvalue < 0.05
    assert result / runs == pytest.approx(0.05, abs=0.03)


def test_finds_what_is_there(y: np.ndarray) -> None:
    rng = np.random.default_rng(4)
    fold = stratified(y, repeats=2, folds=4)
    noise = rng.normal(size=fold.shape)
    test = placement_test(y, noise, 3.0 * y + noise, fold)
    assert test.estimate > 0.2
    assert test.interval.low > 0.0
    assert test.pvalue < 0.01


def test_constant_scores_know_nothing(y: np.ndarray) -> None:
    fold = stratified(y, repeats=2, folds=4)
    test = placement_test(y, np.full(fold.shape, 0.3), np.zeros(fold.shape), fold)
    assert (test.auc_a, test.auc_b, test.pvalue) == (0.5, 0.5, 1.0)


def test_a_repeat_in_which_a_case_meets_nobody_does_not_count() -> None:
    y = [1, 1, 0, 0]
    score = [[0.1, 0.2, 0.3, 0.05], [0.9, 0.8, 0.7, 0.6]]
    fold = [[0, 1, 1, 0], [0, 1, 2, 1]]
    # cases 0 and 2 meet a case of the other class in the first repeat only
    assert placements(y, score, fold).tolist() == [1.0, 0.5, 0.0, 1.0]


GOOD = {"y": [0, 0, 1, 1], "a": [[1, 2, 3, 4]], "b": [[1, 2, 3, 4]], "fold": [[0, 1, 0, 1]]}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"a": [[1, 2, 3, math.nan]]}, "scores a: 1 of 4"),
        ({"b": [[1, 2, math.inf, 4]]}, "scores b: 1 of 4"),
        ({"b": [[1, 2, 3, 4], [1, 2, 3, 4]]}, r"scores b: expected shape \(1, 4\), got \(2, 4\)"),
        ({"a": [[1, 2], [3, 4]]}, r"scores a: expected shape \(1, 4\), got \(2, 2\)"),
        ({"y": [0, 0, 1, math.nan]}, "labels: 1 of 4"),
        ({"y": [0, 0, 0, 0]}, "labels: expected both classes"),
        ({"y": [0, 0, 0, 1], "fold": [[0, 0, 0, 0]]}, "at least 2 of each class"),
        ({"fold": [[0, 0, 1, 1]]}, "fold: 4 cases share no test fold"),
        ({"fold": [[0, 1, 0]]}, r"fold: expected shape \(repeats, 4\)"),
        ({"fold": [[0.0, 1.0, 0.0, math.nan]]}, "fold: expected whole numbers"),
    ],
)
def test_what_cannot_be_placed_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        placement_test(**{**GOOD, **changed})  # type: ignore[arg-type]
