from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_tnm.signs import signs

from lnmbench import Cohort, Column, UserError


def sign(name: str) -> Column:
    return Column(name=name, role="feature", kind="binary", categories=("no", "yes"))


def test_each_sign_has_its_own_missing_cases(make_cohort: Callable[..., Cohort]) -> None:
    cohort = make_cohort(
        (sign("spiculation"), [0, 1, math.nan, math.nan]),
        (sign("pleural tag"), [1, math.nan, 1, math.nan]),
    )
    task = signs("Spiculation+pleural tag")
    expected = [[0, 1], [1, math.nan], [math.nan, 1], [math.nan, math.nan]]
    np.testing.assert_array_equal(task.targets(cohort), expected)
    assert (task.kind, task.outputs) == ("multilabel", 2)
    first, second = task.notes(cohort)
    assert "spiculation (yes) 1 of 2, pleural tag (yes) 2 of 2" in first
    assert "any known in 3 of 4 cases, all in 1" in first
    assert second.endswith("nothing can be learned from it: pleural tag")


def test_signs_are_binary(make_cohort: Callable[..., Cohort]) -> None:
    cohort = make_cohort((Column(name="size", role="feature"), [1.0, 2.0]))
    with pytest.raises(UserError, match=r"'size' is not binary.*use --aux column:name='size'"):
        signs("size").targets(cohort)


def test_a_column_is_named_once(make_cohort: Callable[..., Cohort]) -> None:
    cohort = make_cohort((sign("report: tag"), [0.0, 1.0]))
    with pytest.raises(UserError, match="names column 'report: tag' twice"):
        signs("tag+report: tag").targets(cohort)


@pytest.mark.parametrize("names", ["", "+", "a+A"])
def test_names_are_different_columns(names: str) -> None:
    with pytest.raises(UserError, match="different columns joined by"):
        signs(names)
