"""Scores of auxiliary tasks against scikit-learn and MONAI's definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import somersd
from sklearn import metrics

from lnmbench.stats import ordinal
from lnmbench.stats.ordinal import dice, macro_auc, mean_absolute_error, quadratic_kappa

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


@given(PAIRS)
@settings(max_examples=60, deadline=None)
def test_kappa_is_cohens(pairs: list[tuple[int, int]]) -> None:
    y, classes = np.array(pairs).T
    kappa = quadratic_kappa(y, classes, 5)
    if len(set(y) | set(classes)) == 1:
        assert math.isnan(kappa)
        return
    reference = metrics.cohen_kappa_score(y, classes, weights="quadratic", labels=range(5))
    assert kappa == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize(
    ("y", "classes", "message"),
    [
        ([0, 3], [0, 1], "labels: expected whole numbers from 0 to 2"),
        ([0, 1], [0.5, 1], "classes: expected whole numbers"),
        ([0, math.nan], [0, 1], "labels: 1 of 2"),
        ([0, 1, 2], [0, 1], "labels: expected one for each of 2 predictions, got 3"),
    ],
)
def test_what_is_no_class_is_refused(y, classes, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        quadratic_kappa(y, classes, 3)


def test_macro_auc_is_that_of_scikit_learn_where_all_classes_are_there() -> None:
    random = np.random.default_rng(2)
    y = random.integers(0, 4, 60)
    p = random.dirichlet(np.ones(4), 60).round(2) + 0.3 * np.eye(4)[y]
    p /= p.sum(1, keepdims=True)
    reference = metrics.roc_auc_score(y, p, multi_class="ovr", average="macro")
    assert macro_auc(y, p) == pytest.approx(reference)


def test_macro_auc_leaves_out_absent_classes_and_refuses_one_alone() -> None:
    y, p = np.array([0, 2, 0, 2]), np.random.default_rng(0).random((4, 3))
    expected = np.mean([metrics.roc_auc_score(y == item, p[:, item]) for item in (0, 2)])
    assert macro_auc(y, p) == pytest.approx(expected)
    with pytest.raises(ValueError, match="at least two classes"):
        macro_auc([1, 1], [[0.1, 0.9, 0.0], [0.2, 0.8, 0.0]])
    with pytest.raises(ValueError, match="from 0 to 2"):
        macro_auc([0, 3], np.ones((2, 3)))
    with pytest.raises(ValueError, match="shape"):
        macro_auc([0, 1], [0.1, 0.9])
    with pytest.raises(ValueError, match="scores: 1 of 2"):
        macro_auc([0, 1], [[0.1, 0.9], [math.nan, 0.2]])


def test_mean_absolute_error() -> None:
    assert mean_absolute_error([10, 20, 30], [13, 20, 24]) == 3.0
    with pytest.raises(ValueError, match="predictions: 1 of 2"):
        mean_absolute_error([1, 2], [1, math.nan])
    with pytest.raises(ValueError, match="labels: expected one for each of 1"):
        mean_absolute_error([1, 2], [1])


def test_dice_is_the_mean_over_cases_of_f1_over_voxels() -> None:
    random = np.random.default_rng(4)
    truth, predicted = (random.random((2, 5, 3, 4, 4)) < 0.4).astype(float)
    f1 = [metrics.f1_score(a.ravel(), b.ravel()) for a, b in zip(truth, predicted, strict=True)]
    assert dice(truth, predicted) == pytest.approx(np.mean(f1))


def test_dice_of_empty_masks() -> None:
    empty, full = np.zeros((1, 2, 2)), np.ones((1, 2, 2))
    assert dice(empty, empty) == 1.0
    assert dice(full, empty) == 0.0
    assert dice(np.concatenate([empty, full]), np.concatenate([empty, empty])) == 0.5


def test_what_is_no_mask_is_refused() -> None:
    mask = np.ones((2, 3))
    with pytest.raises(ValueError, match="predicted masks: expected 0 and 1"):
        dice(mask, mask * 0.5)
    with pytest.raises(ValueError, match="true masks: expected 0 and 1"):
        dice(np.full((2, 3), math.nan), mask)
    with pytest.raises(ValueError, match="one shape"):
        dice(mask, np.ones((2, 4)))
    with pytest.raises(ValueError, match="shape"):
        dice([1, 0], [1, 0])


def test_the_c_index_is_half_of_somers_d_and_one() -> None:
    generator = np.random.default_rng(4)
    y, score = generator.integers(0, 4, 80), generator.integers(0, 6, 80) / 5
    assert ordinal.c_index(y, score) == pytest.approx((somersd(y, score).statistic + 1) / 2)
    assert ordinal.c_index(y > 1, score) == pytest.approx(metrics.roc_auc_score(y > 1, score))
    assert math.isnan(ordinal.c_index([2, 2], [0.1, 0.2]))


def test_the_average_precision_of_labels_is_the_mean_where_they_are_known() -> None:
    generator = np.random.default_rng(5)
    y, p = generator.integers(0, 2, (50, 3)).astype(float), generator.random((50, 3))
    y[:9, 0], y[:, 2] = np.nan, 1.0
    expected = [
        metrics.average_precision_score(y[9:, 0], p[9:, 0]),
        metrics.average_precision_score(y[:, 1], p[:, 1]),
    ]
    observed = ordinal.multilabel_average_precision(y, p)
    assert observed == pytest.approx(np.mean(expected))
    assert math.isnan(ordinal.multilabel_average_precision(y[:, 2:], p[:, 2:]))
