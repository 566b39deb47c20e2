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
    with pytest.raises(UserError, match="holds 'G33'.*one of its categories; did you mean G3"):
        GRADE.encode("G33")


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
        ({"role": "report", "modality": "pet"}, "has a modality: expected role feature"),
        ({"role": "feature", "modality": "PET/CT"}, "wrong modality of column 'x'.*'PET/CT'"),
        ({"role": "feature", "modality": "image"}, "small letters, .*not image, got 'image'"),
    ],
)
def test_a_column_that_would_leak_or_cannot_be_encoded_is_refused(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        Column(name="x", **settings)  # type: ignore[arg-type]


def test_spellings_match_in_any_case_with_any_blanks_unless_that_is_ambiguous() -> None:
    column = Column(
        name="c", role="feature", kind="nominal", categories=("Aa", "aA", "Never smoker", "1")
    )
    cells = ("Aa", "aA", "NEVER\u00a0 smoker", "Neversmoker", "1.0", "１")
    assert [column.encode(cell) for cell in cells] == [0, 1, 2, 2, 3, 3]
    with pytest.raises(UserError, match="holds 'AA'"):
        column.encode("AA")


@pytest.mark.parametrize("cell", ["1_0", "inf", "-inf", "0x10", "1e300", "１_２", "1 0", "٣", "5²"])
def test_only_plain_numbers_of_possible_size_are_numbers(cell: str) -> None:
    with pytest.raises(UserError, match="expected a number"):
        Column(name="c", role="feature").encode(cell)


@pytest.mark.parametrize(
    ("cell", "number"), [("+5", 5), ("5.", 5), (".5", 0.5), ("1e3", 1000), ("−5", -5), ("１２", 12)]
)
def test_plain_numbers_are_read(cell: str, number: float) -> None:
    assert Column(name="c", role="feature").encode(cell) == number


def test_a_missing_number_matches_each_way_to_write_it() -> None:
    column = Column(name="c", role="feature", missing=("-9", "99.5"))
    assert all(map(column.is_missing, ("-9", "-9.0", "99.50", "", None, "NaN")))
    assert math.isnan(column.encode("-9.00"))
    assert not column.is_missing("9")
