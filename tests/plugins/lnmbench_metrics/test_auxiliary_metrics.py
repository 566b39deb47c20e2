from __future__ import annotations

import math

import numpy as np
import pytest
from lnmbench_metrics.auxiliary_metrics import Dice, MacroAuc, MeanAbsoluteError, QuadraticKappa
from sklearn.metrics import roc_auc_score

from lnmbench.stats import ordinal


def test_classes_are_scored_from_their_probabilities() -> None:
    truth = np.array([0.0, 1.0, 2.0, 2.0])
    p = np.array([[0.5, 0.3, 0.2], [0.1, 0.3, 0.6], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3]])
    expected = ordinal.quadratic_kappa(truth, [0, 2, 2, 1], 3)
    assert QuadraticKappa()(truth, p) == expected
    assert MacroAuc()(truth, p) == ordinal.macro_auc(truth, p)
    one_class = np.ones(4)
    assert math.isnan(MacroAuc()(one_class, p))
    assert math.isnan(QuadraticKappa()(one_class, np.tile([0.1, 0.8, 0.1], (4, 1))))


def test_elements_are_scored_where_they_are_known() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, (30, 3)).astype(float)
    p = random.random((30, 3))
    truth[:10, 1] = math.nan
    truth[:, 2] = 1.0  # without a negative case
    expected = [roc_auc_score(truth[:, 0], p[:, 0]), roc_auc_score(truth[10:, 1], p[10:, 1])]
    assert MacroAuc()(truth, p) == pytest.approx(np.mean(expected))
    assert math.isnan(MacroAuc()(truth[:, 2:], p[:, 2:]))


def test_mean_absolute_error_is_in_the_unit_of_the_label() -> None:
    assert MeanAbsoluteError()(np.array([1.0, 5.0]), np.array([2.0, 2.0])) == 2.0


def test_dice_thresholds_probabilities_and_refuses_nan() -> None:
    truth = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    predicted = np.array([[0.5, 0.49, 0.1, 0.0], [0.1, 0.2, 0.0, 0.0]])
    assert Dice()(truth, predicted) == pytest.approx((2 / 3 + 1) / 2)
    with pytest.raises(ValueError, match="predicted masks"):
        Dice()(truth, np.full((2, 4), math.nan))
