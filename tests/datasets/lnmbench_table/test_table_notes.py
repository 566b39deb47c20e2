"""Notes on the columns of a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_table.dictionary import Dictionary
from lnmbench_table.excel import StoredPercentage
from lnmbench_table.sheet import Sheet
from lnmbench_table.table_notes import describe_columns, describe_patients

from lnmbench.tables.dialect import Row

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
            [*map(str, range(40, 60)), "680"],
            "column 'age' has 1 number far from all others (680): correct them, or list them as "
            "missing, unless they were measured",
        ),
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


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ([["P04", "1"], ["p04", "2"]], "1 id occurs in several spellings"),
        ([["P1-7", "1"], ["P1-007", "2"], ["Q", "1"]], "1 id occurs in several spellings"),
        ([["a", "1"], ["b", ""]], "1 row has an id, but no other value: 3"),
    ],
)
def test_notes_on_ids(
    rows: list[list[str]], note: str, parse_columns: Callable[[str], Dictionary]
) -> None:
    numbered = (Row(number=n, cells=tuple(cells)) for n, cells in enumerate(rows, start=2))
    sheet = Sheet(path=Path("t.csv"), header=("case", "age"), rows=tuple(numbered))
    dictionary = parse_columns("[columns.age]\n" + SECTIONS["age"].partition("values")[0])
    notes = list(describe_columns(sheet, dictionary, {"age": [cells[1] for cells in rows]}))
    assert len(notes) == 1
    assert notes[0].startswith(note)


def test_columns_without_a_name_are_not_listed(parse_columns: Callable[[str], Dictionary]) -> None:
    sheet = Sheet(path=Path("t.csv"), header=("case", "", ""), rows=())
    assert list(describe_columns(sheet, parse_columns(""), {})) == []


@pytest.mark.parametrize(("centers", "shared"), [("aabb", 0), ("abab", 2), ("ab a", 1)])
def test_patients_of_several_centers_are_counted(
    centers: str, shared: int, parse_columns: Callable[[str], Dictionary]
) -> None:
    dictionary = parse_columns(
        '[columns.person]\nrole = "patient"\n[columns.site]\nrole = "center"\n'
    )
    cells = {"person": ["1", "1", "2", "2"], "site": [center.strip() for center in centers]}
    notes = list(describe_patients(dictionary, cells))
    assert len(notes) == bool(shared)
    assert all(f"{shared} patient" in note and "'person'" in note for note in notes)
