"""AUC and AP against counting by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnmbench.stats.discrimination import auc, average_precision


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


def test_equal_scores_know_nothing() -> None:
    y = np.array([1.0, 0.0, 0.0, 0.0])
    assert auc(y, np.full(4, 0.3)) == 0.5
    assert average_precision(y, np.full(4, 0.3)) == 0.25


@pytest.mark.parametrize("statistic", [auc, average_precision])
@pytest.mark.parametrize(
    ("y", "score", "message"),
    [
        ([1, 1], [0.2, 0.3], "both classes, got 2 of 1"),
        ([0, 1], [0.2, math.nan], "scores: 1 of 2"),
        ([0, math.nan], [0.2, 0.3], "labels: 1 of 2"),
        ([0, 2], [0.2, 0.3], "0 and 1 only"),
        ([0, 1, 1], [0.2, 0.3], "inconsistent"),
        ([], [], "at least 1"),
    ],
)
def test_what_has_no_answer_is_refused(statistic, y, score, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        statistic(y, score)
