"""Rows of a manifest or a table of points."""

from __future__ import annotations

from pathlib import Path

from lnmbench_table.case_rows import read_case_table


def test_cells_are_known_by_their_columns_in_any_spelling(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("CASE, Region Name ,ward,X-mm\nBe\u0301,GTV,3,\n", encoding="utf-8")
    table = read_case_table(path)
    assert table.columns == ("case", "region_name", "ward", "x_mm")
    (row,) = table.rows
    assert row.cells == {"case": "B\u00e9", "region_name": "GTV", "ward": "3", "x_mm": ""}
    assert row.origin == f"{path}, row 2"
    assert not list(row.check())


def test_a_repeated_case_is_named_with_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("case\na\nb\na\n", encoding="utf-8")
    (error,) = read_case_table(path).check_cases()
    assert "got e.g. 'a' in rows 2, 4" in str(error)
