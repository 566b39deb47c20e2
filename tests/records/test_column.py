"""Columns: cells as numbers, and roles that would leak."""

from __future__ import annotations

import math

import pytest

from lnmbench import Column, UserError

GRADE = Column(
    name="grade", role="aux", kind="ordinal", categories=("1", "2", "G3"), missing=("NA",)
)
AGE = Column(name="age", role="feature")


@pytest.mark.parametrize(("value", "number"), [("1", 0), (2, 1), (2.0, 1), ("2.0", 1), (" G3 ", 2)])
def test_a_category_is_its_index(value: object, number: int) -> None:
    assert GRADE.encode(value) == number


@pytest.mark.parametrize("value", [None, "", "  ", "nan", math.nan, "NA", " NA "])
def test_missing_cells_are_nan(value: object) -> None:
    assert math.isnan(GRADE.encode(value))


@pytest.mark.parametrize("value", ["old", "inf", "1e999"])
def test_a_cell_that_is_not_a_finite_number_is_refused(value: str) -> None:
    with pytest.raises(UserError, match=rf"column 'age' holds '{value}' \(row 3\): .* a number"):
        AGE.encode(value, where="row 3")


def test_an_unknown_category_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match="holds 'g3'.*one of its categories; did you mean G3"):
        GRADE.encode("g3")


def test_a_report_is_refused_without_its_text() -> None:
    report = Column(name="ct", role="report", reader="ct")
    with pytest.raises(TypeError) as refusal:
        report.encode("Jane Doe, 61 years")
    assert "Jane" not in str(refusal.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"role": "feature", "known": "after"}, "known only after surgery and cannot be a feature"),
        ({"role": "report", "known": "after"}, "known only after surgery, but its values are"),
        ({"role": "aux", "kind": "nominal", "categories": ("a",)}, "needs its categories"),
        ({"role": "target", "kind": "binary", "categories": ("a", "b", "c")}, "two categories"),
        ({"role": "feature", "reader": "ct"}, "has a reader: expected role report"),
    ],
)
def test_a_column_that_would_leak_or_cannot_be_encoded_is_refused(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        Column(name="x", **settings)  # type: ignore[arg-type]
