"""Excel files: cells as text, further sheets, formulas."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
from lnmbench_table.excel import StoredPercentage
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
    assert "only sheet 'Sheet' of 2 sheets is read, not 'more'" in read_sheet(path).notes[0]


def test_a_formula_that_was_never_computed_is_not_missing(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    excel(path, ["id", "x"], ["A", "=1+1"])
    with pytest.raises(UserError, match="cell B2"):
        read_sheet(path)


def test_merged_cells_are_filled_and_said(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = excel(path, ["id", "x", "y"], ["A", "east", None], ["B"], ["C"], ["D", "west"])
    book.active.merge_cells("B2:C4")
    book.active.merge_cells("A9:A10")
    book.save(path)
    found = read_sheet(path)
    assert [row.cells for row in found.rows] == [
        ("A", "east", "east"),
        ("B", "east", "east"),
        ("C", "east", "east"),
        ("D", "west", ""),
    ]
    assert found.notes == (
        "t.xlsx: the value of 1 merged cell was filled into all rows and columns of it: B2:C4",
    )


def test_hidden_rows_are_left_out_and_hidden_columns_read_which_is_said(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = excel(path, ["id", "x", "y"], ["A", 1, 2], ["B", 3, 4], ["C", 5, 6], [])
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[9].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.save(path)
    found = read_sheet(path)
    assert [(row.number, *row.cells) for row in found.rows] == [
        (2, "A", "1", "2"),
        (4, "C", "5", "6"),
    ]
    rows, columns = found.notes
    assert rows == (
        "t.xlsx: 1 row is hidden and was left out (filtered or hidden in the sheet): 3; show them "
        "to use them"
    )
    assert columns == "t.xlsx: 1 column is hidden, but read: B"


def test_values_of_all_kinds_are_text(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = excel(path, ["id", "x"], ["=A", "#N/A"], ["B", 0.35], ["C", 1e16], ["D", "é\u200b "])
    book.active["B3"].number_format = "0%"
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["E", datetime.date(2020, 1, 31)])
    book.active["A2"].data_type = "s"
    book.save(path)
    cells = read_sheet(path).column("x")
    assert cells == ("#N/A", "0.35", "1e+16", "é", "2020-01-31")
    assert isinstance(cells[1], StoredPercentage)
