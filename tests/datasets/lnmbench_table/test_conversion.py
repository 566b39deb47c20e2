"""Cells as their columns can encode them: marks of numbers, mapped values, advice."""

from __future__ import annotations

import math
import re

import pytest
from lnmbench_table.conversion import Conversion
from lnmbench_table.excel import StoredNumber, StoredPercentage

from lnmbench import Column, UserError

NUMBER = Column(name="CEA", role="feature", missing=("-9", "k.A."))
SEX = Column(name="sex", role="feature", kind="binary", categories=("female", "male"))


def convert(cell: str, **keys: str) -> float:
    conversion = Conversion(column=NUMBER, **keys)  # type: ignore[arg-type]
    return NUMBER.encode(conversion.convert(cell, where="row 2"))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("5,5", 5.5),
        ("-0,25", -0.25),
        ("1.234,5", 1234.5),
        ("1 234,5", 1234.5),
        ("1’234,5", 1234.5),
        ("12", 12),
        ("1,234", 1.234),
        ("1.234.567,8", 1234567.8),
        ("−3,5", -3.5),
        (",5", 0.5),
    ],
)
def test_decimal_commas_are_read_if_declared(cell: str, number: float) -> None:
    assert convert(cell, decimal=",") == number


@pytest.mark.parametrize(
    ("cell", "thousands", "number"),
    [
        ("1,234", ",", 1234),
        ("1,234.5", "", 1234.5),
        ("1 234", " ", 1234),
        ("1'234", "'", 1234),
        ("1\u202f234", " ", 1234),
        ("1\u00a0234.5", "", 1234.5),
        ("1’234’567", "'", 1234567),
    ],
)
def test_marks_between_thousands(cell: str, thousands: str, number: float) -> None:
    assert convert(cell, thousands=thousands) == number


@pytest.mark.parametrize(
    ("cell", "keys", "advice"),
    [
        ("1,234", {}, 'set decimal = "," or thousands = ","'),
        ("5,5", {}, 'set decimal = ","'),
        ("1.234,5", {}, 'set decimal = ","'),
        ("1.234.567", {}, "missing list"),
        ("1 234", {}, 'set thousands = " "'),
        ("1.234", {"decimal": ","}, 'set thousands = "."'),
        ("5.5", {"decimal": ","}, "a decimal comma"),
        ("1,234.5", {"decimal": ","}, "a decimal comma"),
        ("1,23,4", {"decimal": ","}, "a decimal comma"),
        ("<0,5", {"decimal": ","}, 'values = {"<0,5" = 0.5}'),
        ("≥ 3", {}, 'values = {"≥ 3" = 3}'),
        (">90", {}, 'values = {">90" = 90}'),
        ("ca. 5,5", {}, 'values = {"ca. 5,5" = 5.5}'),
        ("5*", {}, 'values = {"5*" = 5}'),
        ("约5", {}, 'values = {"约5" = 5}'),
        ("3,5 cm", {"decimal": ","}, "remove units"),
        ("35 mm", {}, "remove units"),
        ("1_0", {}, "a decimal point"),
        ("inf", {}, "a decimal point"),
        ("0x10", {}, "a decimal point"),
        ("3-5", {}, "missing list"),
    ],
)
def test_a_number_that_is_not_certain_is_refused_with_advice(
    cell: str, keys: dict[str, str], advice: str
) -> None:
    with pytest.raises(UserError, match=re.escape(advice)) as refusal:
        convert(cell, **keys)
    assert repr(cell) in str(refusal.value)


def test_missing_spellings_are_compared_as_numbers_and_in_any_case() -> None:
    for cell in ("-9", "-9.0", "−9", "K.A.", "k.a."):
        assert math.isnan(convert(cell))
    assert math.isnan(convert("-9,0", decimal=","))
    assert convert("9") == 9


def test_a_stored_number_has_a_point_whatever_is_declared() -> None:
    conversion = Conversion(column=NUMBER, decimal=",")
    assert conversion.convert(StoredNumber(5.5), where="") == "5.5"


def test_values_are_mapped_in_any_case_and_unused_ones_are_listed() -> None:
    conversion = Conversion(column=SEX, values={"W": "female", "k.A.": "", "div.": ""})
    cells = ["w", "male", "K.A.", ""]
    assert [conversion.convert(cell, where="") for cell in cells] == ["female", "male", "", ""]
    assert conversion.find_unused_values(cells) == ["div."]


def test_a_text_that_equals_a_stored_number_is_still_judged_as_text() -> None:
    conversion = Conversion(column=NUMBER, decimal=",")
    cells, (error,) = conversion.convert_all([StoredNumber(1.234), "1.234"], ["row 2", "row 3"])
    assert cells == ("1.234", "")
    assert "row 3" in str(error)


def test_percentages_and_plain_numbers_do_not_mix() -> None:
    cells = [StoredPercentage(0.35), StoredNumber(35), StoredNumber(0)]
    _, (error,) = Conversion(column=NUMBER).convert_all(cells, ["", "", ""])
    assert "1 cell formatted as percent and 1 plain number" in str(error)


def test_mapped_numbers_have_a_point_whatever_is_declared() -> None:
    conversion = Conversion(column=NUMBER, decimal=",", values={"<0,5": "0.25"})
    cells, errors = conversion.convert_all(["< 0,5", "1,5"], ["", ""])
    assert (cells, errors) == (("0.25", "1.5"), [])
