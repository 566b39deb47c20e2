"""AUC and AP against counting by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from lnmbench.stats.discrimination import (
    auc,
    average_precision,
    weighted_auc,
    weighted_average_precision,
)


def pairs_won(y: np.ndarray, score: np.ndarray) -> float:
    """The share of (positive, negative) pairs in the right order, ties half."""
    gaps = score[y == 1][:, None] - score[y == 0][None, :]
    return float(np.mean((gaps > 0) + 0.5 * (gaps == 0)))


def steps(y: np.ndarray, score: np.ndarray) -> float:
    """Σ ΔR · P over the distinct thresholds."""
    total, recall_before = 0.0, 0.0
    for threshold in sorted(set(score), reverse=True):
        called = score >= threshold
        recall = (y[called] == 1).sum() / (y == 1).sum()
        total += (recall - recall_before) * y[called].mean()
        recall_before = recall
    return total


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None)
def test_against_counting_with_ties(cases: list[tuple[int, int]]) -> None:
    y, score = np.array(cases, dtype=float).T
    if y.min() == y.max():
        return
    assert auc(y, score) == pytest.approx(pairs_won(y, score))
    assert average_precision(y, score) == pytest.approx(steps(y, score))
    assert auc(y, score) == pytest.approx(metrics.roc_auc_score(y, score))
    reference = metrics.average_precision_score(y, score)
    assert average_precision(y, score) == pytest.approx(reference)


def test_equal_scores_know_nothing() -> None:
    y = np.array([1.0, 0.0, 0.0, 0.0])
    assert auc(y, np.full(4, 0.3)) == 0.5
    assert average_precision(y, np.full(4, 0.3)) == 0.25


@pytest.mark.parametrize("decimals", [1, 9])  # with ties, and without
@pytest.mark.parametrize("positives", [10, 15, 20])
def test_weightings_agree_with_scikit_learn_and_with_copies_of_cases(
    positives: int, decimals: int
) -> None:
    random = np.random.default_rng(0)
    y = np.arange(30) < positives
    score = np.round(random.normal(y, 1.0), decimals)
    weights = random.integers(0, 4, (20, 30)).astype(float)
    for ours, reference, plain in (
        (weighted_auc, metrics.roc_auc_score, auc),
        (weighted_average_precision, metrics.average_precision_score, average_precision),
    ):
        result = ours(y, score, weights)
        expected = [reference(y, score, sample_weight=row) for row in weights]
        assert result.tolist() == pytest.approx(expected)
        copies = np.repeat(np.arange(30), weights[0].astype(int))
        assert result[0] == pytest.approx(plain(y[copies], score[copies]))


def test_a_weighting_without_a_class_has_no_area() -> None:
    y, score = [0, 0, 1], [0.1, 0.3, 0.2]
    weights = np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    assert np.isnan(weighted_auc(y, score, weights)).all()
    assert np.isnan(weighted_average_precision(y, score, weights)).tolist() == [False, True]


@pytest.mark.parametrize("statistic", [auc, average_precision])
@pytest.mark.parametrize(
    ("y", "score", "message"),
    [
        ([1, 1], [0.2, 0.3], "both classes, got 2 of 1"),
        ([0, 1], [0.2, math.nan], "scores: 1 of 2"),
        ([0, math.nan], [0.2, 0.3], "labels: 1 of 2"),
        ([0, 2], [0.2, 0.3], "0 and 1 only"),
        ([0, 1, 1], [0.2, 0.3], "scores: expected one for each of 3"),
        ([], [], "at least 1"),
    ],
)
def test_what_has_no_answer_is_refused(statistic, y, score, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        statistic(y, score)
