"""Checks of a table: headers, ids, cells by column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lnmbench_table.conversion import Conversion
from lnmbench_table.sheet import Sheet
from lnmbench_table.table_checks import (
    check_headers,
    check_ids,
    convert_column,
    describe_late_features,
    find_late_features,
)

from lnmbench import Column
from lnmbench.tables.dialect import Row

PATH = Path("t.csv")


def make_sheet(*rows: str) -> Sheet:
    header, *cells = (tuple(row.split(",")) for row in rows)
    numbered = tuple(Row(number=n, cells=row) for n, row in enumerate(cells, start=2))
    return Sheet(path=PATH, header=header, rows=numbered)


def test_each_missing_or_repeated_header_is_an_error() -> None:
    errors = map(str, check_headers(make_sheet("id,age,age", "A,1,2"), ["id", "age", "sex"], PATH))
    assert [error.split(" (")[0] for error in errors] == [
        "header 'age' occurs 2 times",
        "no column 'sex'",
    ]


def test_empty_and_repeated_ids_are_counted() -> None:
    empty, repeated = check_ids(make_sheet("id,x", "A,1", ",2", ",3", "A,4"), "id")
    assert "(t.csv, row 3, 4): got 2 rows without an id" in str(empty)
    assert "1 id occurs more than once" in str(repeated)
    assert list(check_ids(make_sheet("x", "A"), "id")) == []


def test_ids_that_repeat_between_centers_alone_get_the_center() -> None:
    (error,) = check_ids(make_sheet("id,Centre", "1,Paris", "1,Lyon", "2,Paris"), "id")
    assert "write center and id into one column of ids, such as A-1" in str(error)
    (error,) = check_ids(make_sheet("id,Centre", "1,Paris", "1,Paris", "1,Lyon"), "id")
    assert "if a patient has several cases" in str(error)


@pytest.mark.parametrize("id_", ["Summe", "Total", "平均", "Stand: 01.01.2024", "Moyenne", "합계"])
def test_rows_below_the_last_case_are_refused(id_: str) -> None:
    (error,) = check_ids(make_sheet("id,x", "A,1", f"{id_},500"), "id")
    assert "a word for a summary or a remark (t.csv, row 3)" in str(error)


@pytest.mark.parametrize("id_", ["MEAN01", "P01", "Summer", "TOT-1", "SD-004", "注01"])
def test_ids_are_no_words(id_: str) -> None:
    assert not list(check_ids(make_sheet("id,x", "A,1", f"{id_},2"), "id"))


def test_ids_in_scientific_notation_are_refused() -> None:
    (error,) = check_ids(make_sheet("id,x", "1.23457E+11,1", "7,2"), "id")
    assert "1 id in column 'id' lost digits in a spreadsheet" in str(error)


def test_a_missing_column_comes_with_the_notes_on_the_file() -> None:
    sheet = replace(make_sheet("x", "1"), notes=("only sheet 'a' of 2 sheets is read",))
    errors = list(map(str, check_headers(sheet, ["id", "age"], PATH)))
    assert errors[0].endswith("known: 'x'; only sheet 'a' of 2 sheets is read")
    assert errors[1].endswith("known: 'x'")


@pytest.mark.parametrize("role", ["feature", "patient"])
def test_the_cells_of_a_column_give_one_error(role: str) -> None:
    column = Column(name="x", role=role)  # type: ignore[arg-type]
    cells, errors = convert_column(make_sheet("x", "1", "", "2"), Conversion(column=column))
    assert cells == ("1", "", "2")
    assert len(errors) == (role == "patient")
    if role == "feature":
        _, (error,) = convert_column(make_sheet("x", "a", "1", "b", "a"), Conversion(column=column))
        assert "2 more cells of the column cannot be used, e.g. 'b'" in str(error)


def test_late_features_are_one_error() -> None:
    sheet = make_sheet("survival,age,margin", "1,61,R0", "2,50,R1")
    features = [Column(name=name, role="feature") for name in ("survival", "age", "margin")]
    late = find_late_features(sheet, features)
    assert list(late) == ["survival", "margin"]
    (error,) = describe_late_features(sheet, late, PATH)
    assert "also columns 'margin'" in str(error)
    assert list(describe_late_features(sheet, {}, PATH)) == []
