"""Dialects of separated text: separators, comments, titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.tables.dialect import Row, find_separator, parse_text, skip_titles

PATH = Path("t.csv")


def read(text: str) -> tuple[list[Row], tuple[str, ...]]:
    return parse_text(text, PATH, find_separator(text))


def parse(text: str) -> list[tuple[str, ...]]:
    return [row.cells for row in read(text)[0]]


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("id,age\nA,61\n", ","),
        ("id;CEA, ng/ml;SUV, max\nA;1,5;2,5\nB;3;4\n", ";"),
        ("id|age\nA|61\n", "|"),
        ("id\tage, years\nA\t61,5\n", "\t"),
        ('"a;b",id\n1,2\n', ","),
        ("id;note\nA;x, y, z\nB;\n", ";"),
        ("id\nA\n", ","),
        ("", ","),
    ],
)
def test_the_separator_splits_all_rows_alike(text: str, separator: str) -> None:
    assert find_separator(text) == separator


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;;"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_separator_line_of_excel_is_no_row(line: str, end: str) -> None:
    rows, notes = read(f"{line}{end}id;age{end}A;6,5{end}")
    assert rows == [Row(number=2, cells=("id", "age")), Row(number=3, cells=("A", "6,5"))]
    assert notes == ()


def test_lines_may_end_with_carriage_returns_alone() -> None:
    assert parse("id,age\rA,61\r") == [("id", "age"), ("A", "61")]


def test_numbers_written_as_formulas_are_their_text() -> None:
    assert parse('id,age\n"=""007""",61\n="008",62\n')[1:] == [("007", "61"), ("008", "62")]


def test_comments_above_and_between_rows_are_skipped_and_said() -> None:
    text = "#Patient\tSex\n#STRING\tSTRING\nID\tSEX\n# checked\t\nA\tm\n#2\tf\n"
    rows, notes = read(text)
    assert [(row.number, row.cells) for row in rows] == [
        (3, ("ID", "SEX")),
        (5, ("A", "m")),
        (6, ("#2", "f")),
    ]
    assert notes == ("t.csv: 3 lines that begin with # were skipped",)


def test_one_line_as_wide_as_the_rows_is_the_header() -> None:
    assert parse("#,age\n1,61\n")[0] == ("#", "age")
    for comment in ("# made in 2020", "# made by X, 2020"):
        assert parse(f"{comment}\nid,age\nA,61\n")[0] == ("id", "age")


def test_codes_below_the_header_of_tcga_are_skipped() -> None:
    rows, notes = read("id\tage\nid\tage\nCDE_ID:\tCDE_ID:12\nA\t61\n")
    assert [(row.number, row.cells) for row in rows] == [(1, ("id", "age")), (4, ("A", "61"))]
    assert notes == ("t.csv: the two rows of codes below the header were skipped",)


def test_the_separator_is_that_of_the_header_below_other_rows() -> None:
    assert find_separator("a, b\nc\nid;age, a\nA;61\n", first_row=3) == ";"


def test_titles_above_the_header_are_skipped_and_said() -> None:
    rows = read("Patients,,\n,,\nid,age,n1\nA,61,0\n")[0]
    below, notes = skip_titles(rows, PATH)
    assert below[0].cells == ("id", "age", "n1")
    assert notes == ("t.csv: row 1 is a title and was skipped; the header is row 3",)


def test_a_narrow_table_has_no_title() -> None:
    rows = read("id,\nA,1\n")[0]
    assert skip_titles(rows, PATH) == (rows, ())
