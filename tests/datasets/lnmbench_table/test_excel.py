"""Excel files: cells as text, further sheets, formulas."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
from lnmbench_table.sheet import read_sheet

from lnmbench import UserError


def excel(path: Path, *rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return book


def test_excel_cells_read_as_their_reader_sees_them(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    day = datetime.datetime(2020, 1, 31)
    excel(path, ["id ", "age", "text", "day", "yes"], ["A", 61.0, "007", day, True], ["B", 2.5])
    found = read_sheet(path)
    assert found.header == ("id", "age", "text", "day", "yes")
    assert found.rows[0].cells == ("A", "61", "007", "2020-01-31", "TRUE")
    assert found.rows[1].cells == ("B", "2.5", "", "", "")
    assert found.notes == ()


def test_further_sheets_are_said(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = excel(path, ["id"], ["A"])
    book.create_sheet("more")
    book.save(path)
    assert "only the first of 2 sheets" in read_sheet(path).notes[0]


def test_a_formula_that_was_never_computed_is_not_missing(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    excel(path, ["id", "x"], ["A", "=1+1"])
    with pytest.raises(UserError, match="cell B2"):
        read_sheet(path)
