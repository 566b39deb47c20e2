from __future__ import annotations

import math

import numpy as np
import pytest

from lnmbench.registry.boundary.arrays import require_array, view_cohort, view_read_only
from lnmbench.registry.boundary.values import Unexpected
from lnmbench.testing import sample_cohort


def test_a_view_is_read_only_and_the_array_is_not() -> None:
    array = np.zeros(3)
    with pytest.raises(ValueError, match="read-only"):
        view_read_only(array)[0] = 1
    array[0] = 1


def test_a_cohort_cannot_be_changed_in_place() -> None:
    cohort = sample_cohort()
    view = view_cohort(cohort)
    with pytest.raises(ValueError, match="read-only"):
        view.values["age"][0] = 1
    view.values["age"] = view.values["pn"]  # type: ignore[index]
    with pytest.raises(ValueError, match="read-only"):
        view.offsets[0] = 1
    assert not np.array_equal(cohort.values["age"], cohort.values["pn"], equal_nan=True)


def test_an_array_is_copied_as_float64() -> None:
    array = np.array([0, 1], dtype=np.int8)
    copy = require_array(array, shape=(2,))
    assert copy.dtype == np.float64
    copy[0] = 5
    assert array.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("value", "expected", "got"),
    [
        (np.zeros(3), "the shape (2,)", "the shape (3,)"),
        (np.zeros((2, 1)), "the shape (2,)", "the shape (2, 1)"),
        (np.array(["a", "b"]), "an array of numbers", "ndarray of <U1"),
        (np.array([1, None]), "an array of numbers", "ndarray of object"),
        (np.array([1, 1j]), "an array of numbers", "ndarray of complex128"),
        (None, "an array of numbers", "NoneType of object"),
        ([[1], [1, 2]], "an array of numbers", "list of 2"),
        (np.array([0.0, math.nan]), "a number from 0 to 1", "1 of 2 NaN"),
        (np.array([0.0, math.inf]), "a number from 0 to 1", "inf"),
        (np.array([0.0, -1.0]), "a number from 0 to 1", "-1"),
    ],
)
def test_another_array_is_described(value: object, expected: str, got: str) -> None:
    with pytest.raises(Unexpected) as unexpected:
        require_array(value, shape=(2,), low=0.0, high=1.0)
    assert (unexpected.value.expected, unexpected.value.got) == (expected, got)


def test_nan_and_free_axes_can_be_allowed() -> None:
    assert require_array(np.full((2, 5), math.nan), shape=(2, None), nan=True).shape == (2, 5)
