"""Numbers of a column: decimal commas, units, codes of missing values, dates."""

from __future__ import annotations

import pytest
from lnmbench_table.excel import StoredNumber
from lnmbench_table.numbers import find_distant_numbers, find_unit, read_numbers


def test_decimal_commas_are_recognized() -> None:
    numbers = read_numbers("Größe", ["1,5", "2", "3,25"])
    assert (numbers.count, numbers.decimal, numbers.problem) == (3, ",", "")


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["1,234", "2,345"], "may separate thousands or decimals"),
        (["1,5", "2.5"], "mixes decimal commas and points"),
        ([f"{number} mm" for number in range(20)], "numbers with units"),
    ],
)
def test_what_is_ambiguous_is_said(cells: list[str], problem: str) -> None:
    assert problem in read_numbers("x", cells).problem


def test_numbers_of_a_spreadsheet_have_points() -> None:
    cells = [StoredNumber("1.5"), "2,5"]
    assert read_numbers("x", cells).problem == ""


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("size (mm)", "mm"),
        ("Gewicht in kg", "kg"),
        ("CEA [ng/mL]", "ng/mL"),
        ("年龄（岁）", "岁"),
        ("Alter (Jahre)", "Jahre"),
        ("pT (a)", "a"),
        ("lobe", ""),
        ("CT", ""),
    ],
)
def test_units_in_headers(name: str, unit: str) -> None:
    assert find_unit(name) == unit


@pytest.mark.parametrize(
    ("numbers", "distant"),
    [
        ([*range(40, 80), 680], [680]),
        ([*range(40, 80), -5], [-5]),
        ([*range(1, 40), -9, -9, 45123], [-9, -9]),
        ([*range(1, 40), 43831, 45123], [43831, 45123]),
        ([0, 0, 1, 40, 60, 50, 80], []),
        ([-3, -2, -1, 0, 1, 2, 3], []),
        ([0.1, 1, 2, 3, 4, 5], []),
        ([5, 6, 7, 60, 70, 80], []),
        ([], []),
    ],
)
def test_numbers_behind_a_gap_are_distant(numbers: list[float], distant: list[float]) -> None:
    assert find_distant_numbers(numbers) == distant


def test_codes_of_missing_values_are_far_from_all_others() -> None:
    assert read_numbers("x", ["1", "2", "-9", "-9"]).missing == ("-9",)
    assert read_numbers("x", ["1", "2", "999", "999"]).missing == ("999",)
    assert read_numbers("x", ["-20", "2", "-9", "-9"]).missing == ()
    assert read_numbers("x", ["800", "2", "999", "999"]).missing == ()


@pytest.mark.parametrize(
    ("name", "cells", "is_date"),
    [
        ("x", ["20200131", "20191224"], True),
        ("OP-Datum", ["43861", "43900"], True),
        ("x", ["43861", "43900"], False),
        ("year", ["2020", "2021"], False),
    ],
)
def test_dates_may_be_numbers(name: str, cells: list[str], is_date: bool) -> None:
    assert read_numbers(name, cells).is_date is is_date
