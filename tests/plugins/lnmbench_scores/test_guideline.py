"""The rule of guidelines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_scores.guideline import Guideline

from lnmbench import Cohort, UserError
from lnmbench.records import CasePredictions


def calls(cohort: Cohort, rule: Guideline) -> CasePredictions:
    return rule.predict_cases(cohort, lambda id_: None)


def without_pet(cohort: Cohort) -> Cohort:
    columns = tuple(c for c in cohort.columns if not c.name.startswith("PET"))
    return replace(cohort, columns=columns)


def test_a_node_of_10_mm_is_positive_whatever_the_unit_of_the_column(cohort: Cohort) -> None:
    predictions = calls(without_pet(cohort), Guideline())
    np.testing.assert_array_equal(predictions.values, [0, 1, np.nan, np.nan])
    assert predictions.scale == "call"
    assert "at least 10 mm" in predictions.notes[0]
    eight = calls(without_pet(cohort), Guideline(short_axis=8))
    np.testing.assert_array_equal(eight.values, [1, 1, np.nan, np.nan])


def test_uptake_is_positive_and_a_case_without_pet_is_called_by_ct(cohort: Cohort) -> None:
    predictions = calls(cohort, Guideline())
    # SUVmax 2.6, 2.5 with 10 mm, 8.0 without a size, 1.0 without a size
    np.testing.assert_array_equal(predictions.values, [1, 1, 1, np.nan])
    cohort.values["PET: node SUVmax"][:] = np.nan
    np.testing.assert_array_equal(calls(cohort, Guideline()).values, [0, 1, np.nan, np.nan])


def test_columns_can_be_named(cohort: Cohort) -> None:
    rule = Guideline(short_axis=30, column="long axis", suv_column="PET: node SUVmax", suv=4)
    np.testing.assert_array_equal(calls(cohort, rule).values, [0, 1, 1, 0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"column": "central"}, "'central' holds categories"),
        ({"column": "none"}, "no feature 'none' .*expected 'Age'.*; correct column, or"),
        ({"column": "grade"}, "no feature 'grade'"),
        ({"suv_column": "cea"}, "'cea' has another unit .*expected SUV, got µg/L"),
        ({"column": "Age"}, "another unit .*expected mm, got a"),
        ({"suv_column": "none"}, "no feature 'none'"),
        ({"suv_column": "histology"}, "'histology' holds categories"),
    ],
)
def test_other_columns_are_refused(cohort: Cohort, changes: dict[str, str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        calls(cohort, Guideline(**changes))  # type: ignore[arg-type]


def test_a_cohort_without_a_unit_or_with_two_columns_is_refused(cohort: Cohort) -> None:
    no_unit = [replace(c, unit=None) if c.name == "node_short_axis" else c for c in cohort.columns]
    with pytest.raises(UserError, match="'node_short_axis' has no unit"):
        calls(replace(cohort, columns=tuple(no_unit)), Guideline())
    twice = [replace(c, label="node_short_axis") if c.name == "cea" else c for c in cohort.columns]
    with pytest.raises(UserError, match="several columns .* node_short_axis .*'cea'.*column="):
        calls(replace(cohort, columns=tuple(twice)), Guideline())
    none = tuple(c for c in cohort.columns if c.name != "node_short_axis")
    with pytest.raises(UserError, match="lacks the short axis of nodes.*got 'Age'"):
        calls(replace(cohort, columns=none), Guideline())


def test_two_columns_of_uptake_are_refused(cohort: Cohort) -> None:
    twice = [replace(c, label="node_suvmax") if c.name == "cea" else c for c in cohort.columns]
    with pytest.raises(UserError, match="several columns .* node_suvmax .*suv_column=COLUMN"):
        calls(replace(cohort, columns=tuple(twice)), Guideline())


def test_a_rule_needs_a_short_axis_above_0() -> None:
    with pytest.raises(UserError, match="wrong value for short_axis"):
        Guideline(short_axis=0)
