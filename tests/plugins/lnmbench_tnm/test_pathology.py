from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_tnm.pathology import grade, growth_pattern, invasion, size

from lnmbench import Cohort, Column, UserError


@pytest.mark.parametrize(("unit", "cells"), [("mm", [15, 30, 60]), ("cm", [1.5, 3, 6])])
def test_size_is_the_logarithm_of_the_long_axis(
    unit: str, cells: list[float], make_cohort: Callable[..., Cohort]
) -> None:
    cohort = make_cohort((Column(name="long axis", role="feature", unit=unit), [*cells, math.nan]))
    np.testing.assert_allclose(size().targets(cohort), [-1, 0, 1, math.nan])


@pytest.mark.parametrize(
    ("column", "cells", "message"),
    [
        (Column(name="size", role="aux"), [1, 2], r"unknown unit of column 'size'.*mm or cm.*none"),
        (Column(name="size", role="aux", unit="in"), [1, 2], "unknown unit"),
        (Column(name="size", role="aux", unit="mm"), [0, 2], r"not positive.*got 1 of 2"),
        (
            Column(name="size", role="aux", kind="ordinal", categories=("a", "b")),
            [0, 1],
            "expected kind continuous, got ordinal",
        ),
    ],
)
def test_a_size_without_a_unit_or_below_zero_is_refused(
    column: Column, cells: list[float], message: str, make_cohort: Callable[..., Cohort]
) -> None:
    with pytest.raises(UserError, match=message):
        size().targets(make_cohort((column, cells)))


def test_shares_of_growth_patterns_are_added(make_cohort: Callable[..., Cohort]) -> None:
    cohort = make_cohort(
        (Column(name="a", role="aux", label="growth_micropapillary", unit="%"), [10, 0, math.nan]),
        (Column(name="b", role="aux", label="growth_solid", unit="share"), [0.2, 1, 0.3]),
    )
    np.testing.assert_allclose(growth_pattern().targets(cohort), [0.3, 1, math.nan])
    np.testing.assert_allclose(growth_pattern("solid").targets(cohort), [0.2, 1, 0.3])
    (note,) = growth_pattern().notes(cohort)
    assert "sum of columns 'a' and 'b', as a share; known in 2 of 3 cases" in note


@pytest.mark.parametrize("cells", [[80, 10], [120, 10], [-1, 10]])
def test_shares_that_are_none_are_refused(
    cells: list[float], make_cohort: Callable[..., Cohort]
) -> None:
    cohort = make_cohort(
        (Column(name="a", role="aux", label="growth_micropapillary", unit="%"), cells),
        (Column(name="b", role="aux", label="growth_solid", unit="%"), [30, 10]),
    )
    with pytest.raises(UserError, match="shares of growth patterns are not between 0 and 1"):
        growth_pattern().targets(cohort)


@pytest.mark.parametrize("patterns", ["", "+", "solid+solid"])
def test_patterns_are_different_names(patterns: str) -> None:
    with pytest.raises(UserError, match="different names joined by"):
        growth_pattern(patterns)


def test_invasion_takes_the_column_of_its_kind(complete: Cohort) -> None:
    pleural, stas = invasion("pleural"), invasion("stas")
    assert pleural.targets(complete).shape == (60, 4)
    assert pleural.kind == "ordinal"
    np.testing.assert_array_equal(stas.targets(complete), complete.values["invasion_stas"])
    assert stas.title == "spread through air spaces"


def test_classes_are_no_numbers(make_cohort: Callable[..., Cohort]) -> None:
    cohort = make_cohort((Column(name="grade", role="aux"), [1, 2]))
    with pytest.raises(UserError, match=r"categories such as G1, G2, G3, got continuous"):
        grade().targets(cohort)
