"""Validation of arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnmbench.stats.arrays import (
    mean,
    require_finite,
    require_scores,
    require_two_classes,
    spread,
    upper_probability,
)


def test_values_are_flattened_and_counted() -> None:
    assert require_finite([[1, 2], [3, 4]], "values").tolist() == [1.0, 2.0, 3.0, 4.0]
    with pytest.raises(ValueError, match="values: expected at least 2 values, got 1"):
        require_finite([1.0], "values", at_least=2)
    with pytest.raises(ValueError, match="values: 2 of 3 values are NaN or infinite"):
        require_finite([1.0, math.nan, math.inf], "values")


def test_labels_are_both_classes_and_have_one_score_each() -> None:
    labels = require_two_classes([0, 1, 1])
    assert labels.dtype == np.float64
    with pytest.raises(ValueError, match="labels: expected both classes, got 2 of 1"):
        require_two_classes([1, 1])
    with pytest.raises(ValueError, match="scores: expected one for each of 3 labels, got 2"):
        require_scores([0.1, 0.2], labels, "scores")


def test_equal_values_have_exactly_their_mean_and_no_spread() -> None:
    values = np.full(7, 0.1)
    assert (mean(values), spread(values)) == (0.1, 0.0)
    assert values.mean() != 0.1 or values.std(ddof=1) != 0.0, "rounding would move one of them"


def test_a_level_encloses_its_share() -> None:
    assert upper_probability(0.95) == pytest.approx(0.975)
    with pytest.raises(ValueError, match="level: expected between 0 and 1, got 1"):
        upper_probability(1.0)
