"""Notes on the columns of a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_table.dialect import Row
from lnmbench_table.dictionary import Dictionary
from lnmbench_table.excel import StoredPercentage
from lnmbench_table.sheet import Sheet
from lnmbench_table.table_notes import describe_columns

SECTIONS = {
    "age": 'role = "feature"\nkind = "continuous"\nvalues = {"k.A." = "", "x" = ""}\n',
    "sex": 'role = "feature"\nkind = "binary"\ncategories = ["female", "male"]\n',
    "site": 'role = "center"\n',
}


@pytest.mark.parametrize(
    ("name", "cells", "note"),
    [
        ("age", ["1", "X"], "column 'age' has no cell 'k.A.', which its key values maps"),
        ("age", ["", ""], "column 'age' has no values"),
        ("sex", ["Female", "male"], "column 'sex' reads 'Female' as 'female'"),
        ("site", ["", "a"], "column 'site' (center) is empty in 1 of 2 cases"),
        ("other", ["", ""], "1 column is not in the dictionary and not used: 'other'"),
        (
            "age",
            [StoredPercentage("0.5"), "k.A."],
            "column 'age' is formatted as percent and is read as fractions, e.g. 0.5",
        ),
    ],
)
def test_a_note_says_what_was_decided(
    name: str, cells: list[str], note: str, parse_columns: Callable[[str], Dictionary]
) -> None:
    section = f"[columns.{name}]\n{SECTIONS[name]}" if name in SECTIONS else ""
    rows = tuple(Row(number=n, cells=(str(n), cell)) for n, cell in enumerate(cells, start=2))
    sheet = Sheet(path=Path("t.csv"), header=("case", name), rows=rows)
    converted = {name: [cell if cell not in ("X", "k.A.") else "" for cell in cells]}
    assert note in list(describe_columns(sheet, parse_columns(section), converted))
