"""Permuted labels of auxiliary tasks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnmbench.records import AuxLabels, Choice, find_labeled_cases, is_shuffled, unshuffle


@pytest.mark.parametrize(("value", "shuffled"), [(0, False), ("0", False), (1, True), ("7", True)])
def test_a_seed_other_than_0_permutes_the_labels(value: object, shuffled: bool) -> None:
    assert is_shuffled(Choice(name="pt", parameters={"shuffled": value})) == shuffled


def test_without_the_permutation_all_other_parameters_stay() -> None:
    task = Choice(name="size", parameters={"shuffled": 3, "unit": "mm"})
    assert unshuffle(task) == Choice(name="size", parameters={"unit": "mm"})
    assert not is_shuffled(unshuffle(task))


def test_one_known_element_of_several_labels_is_enough() -> None:
    values = np.array([[0.0, 1.0], [math.nan, 1.0], [math.nan, math.nan]])
    assert find_labeled_cases(values, "multilabel").tolist() == [True, True, False]
    assert find_labeled_cases(values, "binary").tolist() == [True, False, False]
    assert find_labeled_cases(values[:, 0], "continuous").tolist() == [True, False, False]
    labels = AuxLabels(task="t", title="T", kind="multilabel", known=2, values=values)
    assert labels.scored.tolist() == [True, True, False]
