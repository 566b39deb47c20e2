"""Outcomes of a target: positive cases, strata and class probabilities."""

from __future__ import annotations

import math

import numpy as np

from lnmbench.records import Outcomes, class_probabilities, find_strata, mark_positive

NAN = math.nan


def test_a_case_is_positive_if_any_outcome_is() -> None:
    values = np.array([[0, 1], [NAN, 1], [0, NAN], [NAN, NAN], [0, 0]])
    np.testing.assert_array_equal(mark_positive(values), [1, 1, 0, NAN, 0])


def test_the_stratum_of_ordered_classes_is_the_class() -> None:
    classes = np.array([0, 3, 1, 2, 1, 0, 1, 2, 0])
    values = (classes[:, None] >= [1, 2, 3]).astype(float)
    outcomes = Outcomes(kind="ordinal", names=("a", "b", "c"), values=values)
    np.testing.assert_array_equal(find_strata(mark_positive(values), outcomes), classes)
    np.testing.assert_array_equal(outcomes.labels, classes)


def test_the_stratum_of_several_labels_is_the_rarest_positive_one() -> None:
    values = np.array([[1, 0], [1, 1], [0, 0], [1, NAN], [NAN, 1], [1, 0]])  # 4 and 2 positive
    outcomes = Outcomes(kind="multilabel", names=("a", "b"), values=values)
    assert find_strata(mark_positive(values), outcomes).tolist() == [1, 2, 0, 1, 2, 1]
    assert find_strata(np.array([0.0, 1.0]), None).tolist() == [0, 1]


def test_class_probabilities_add_up_to_the_cut_points() -> None:
    cumulative = np.sort(np.random.default_rng(0).random((2, 5, 3)))[..., ::-1]
    classes = class_probabilities(cumulative)
    assert classes.shape == (2, 5, 4)
    np.testing.assert_allclose(classes[..., ::-1].cumsum(-1)[..., ::-1][..., 1:], cumulative)
    np.testing.assert_allclose(classes.sum(-1), 1.0)
