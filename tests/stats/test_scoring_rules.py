"""Brier score and log loss against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from lnmbench.stats.scoring_rules import brier, log_loss, log_losses, squared_errors

CASES = st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=30)


@given(CASES)
@settings(max_examples=60, deadline=None)
def test_agree_with_scikit_learn_down_to_certainty_and_one_class(
    cases: list[tuple[int, float]],
) -> None:
    y, p = np.array(cases, dtype=float).T
    assert brier(y, p) == pytest.approx(np.mean((y - p) ** 2))
    assert log_loss(y, p) == pytest.approx(metrics.log_loss(y, p, labels=[0, 1]), rel=1e-9)
    assert squared_errors(y, p).mean() == brier(y, p)
    assert log_losses(y, p).shape == y.shape


def test_a_wrong_certainty_costs_much_and_not_everything() -> None:
    assert log_loss([0, 1], [0.0, 1.0]) == pytest.approx(0.0, abs=1e-12)
    assert log_loss([1, 0], [0.0, 1.0]) == pytest.approx(36.04, abs=0.01)
    assert brier([1, 0], [0.0, 1.0]) == 1.0


@pytest.mark.parametrize("score", [brier, log_loss])
@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([0, 1], [0.2, math.nan], "probabilities: 1 of 2"),
        ([0, 1], [0.2, 1.01], r"probabilities: expected within \[0, 1\]"),
        ([0, 1], [-0.01, 0.2], r"probabilities: expected within \[0, 1\]"),
        ([0, 1], [0.2], "probabilities: expected one for each of 2 labels, got 1"),
        ([0, math.nan], [0.2, 0.3], "labels: 1 of 2"),
        ([0, 2], [0.2, 0.3], "0 and 1 only"),
        ([], [], "labels: expected at least 1"),
    ],
)
def test_what_is_no_probability_is_refused(score, y, p, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        score(y, p)
