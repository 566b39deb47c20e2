"""The data set `table`: cells, ids, headers, features known only after surgery."""

from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_table.table import Table

from lnmbench import UserError

COLUMNS = """
[columns.case]
role = "id"

[columns.Age]
role = "feature"
kind = "continuous"
unit = "years"
missing = ["NA", -9]

[columns.Sex]
role = "feature"
kind = "binary"
categories = ["f", "m"]

[columns.pN]
role = "target"
kind = "ordinal"
label = "pn"
categories = ["N0", "N1", "N2"]
"""
ROWS = "case,Age,Sex,pN,comment\nA,61,f,N0,x\nB,NA,m,N2,y\nC,-9,,,z\n"
ID = '[columns.id]\nrole = "id"\n'
NUMBER = 'kind = "continuous"\n'
NODES = 'kind = "ordinal"\ncategories = ["N0", "N1", "N2"]\nmissing = ["NX"]\n'


@pytest.fixture
def dictionary(tmp_path: Path) -> Path:
    path = tmp_path / "columns.toml"
    path.write_text(COLUMNS, encoding="utf-8")
    return path


def opened(dictionary: Path, rows: str = ROWS, name: str = "cohort.csv") -> Table:
    path = dictionary.with_name(name)
    path.write_text(rows, encoding="utf-8")
    return Table(path, dictionary)


def refused(dictionary: Path, rows: str) -> str:
    with pytest.raises(UserError) as refusal:
        opened(dictionary, rows)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_cases_hold_the_named_columns_and_the_id_only_as_id(dictionary: Path) -> None:
    table = opened(dictionary)
    cases = list(table.cases())
    assert [case.id for case in cases] == ["A", "B", "C"]
    assert dict(cases[1].values) == {"Age": "NA", "Sex": "m", "pN": "N2"}
    assert [column.name for column in table.columns] == ["Age", "Sex", "pN"]
    assert table.columns[2].known == "after"
    assert table.sources == (dictionary.with_name("cohort.csv"), dictionary)
    assert list(table.cases()) == cases


def test_columns_that_are_not_named_are_listed(dictionary: Path) -> None:
    assert any("'comment'" in note for note in opened(dictionary).notes)


def test_a_column_without_any_value_is_said(dictionary: Path) -> None:
    table = opened(dictionary, "case,Age,Sex,pN\nA,NA,f,N0\nB,,m,N1\n")
    assert "column 'Age' has no values" in table.notes


def test_na_is_a_value_unless_the_dictionary_says_missing(dictionary: Path) -> None:
    message = refused(dictionary, ROWS.replace("B,NA,m", "B,60,NA"))
    assert "column 'Sex' holds 'NA'" in message
    assert "row 3" in message


def test_a_wrong_cell_in_the_last_row_is_found_before_the_first_case(dictionary: Path) -> None:
    message = refused(dictionary, ROWS.replace("C,-9,,", "C,-9,,N9"))
    assert "column 'pN' holds 'N9'" in message
    assert "row 4" in message


def test_row_numbers_count_blank_lines(dictionary: Path) -> None:
    assert "row 5" in refused(dictionary, ROWS.replace("\nB,NA", "\n\n\nB,old"))


def test_headers_may_have_spaces_around_them(dictionary: Path) -> None:
    table = opened(dictionary, ROWS.replace("Age", " Age "))
    assert table.columns[0].name == "Age"


def test_a_column_that_is_not_there_is_refused_with_the_nearest(dictionary: Path) -> None:
    message = refused(dictionary, ROWS.replace("Age", "Ages"))
    assert "no column 'Age'" in message
    assert "did you mean 'Ages'?" in message


def test_a_header_that_differs_only_in_spelling_is_the_column_which_is_said(
    dictionary: Path,
) -> None:
    table = opened(dictionary, ROWS.replace("Age", " AGE\u00a0").replace("case", "Case"))
    assert [case.values["Age"] for case in table.cases()] == ["61", "NA", "-9"]
    assert "column 'Age' is 'AGE' in the table" in table.notes
    message = refused(dictionary, ROWS.replace("Age", "AGE").replace("comment", "aGe"))
    assert "no column 'Age'" in message
    assert "got 'AGE' and 'aGe'" in message


def test_all_errors_of_a_table_come_at_once(dictionary: Path) -> None:
    rows = "case,Sex,pN,Age\nA,female,N9,old\nA,f,N1,x\n,m,N1,61\nD,male,N1,y\n"
    with pytest.raises(UserError) as refusal:
        opened(dictionary, rows.replace("Sex", "Gender"))
    head, *lines = str(refusal.value).splitlines()
    assert head == f"5 errors in {dictionary.with_name('cohort.csv')}:"
    assert "no column 'Sex'" in lines[0]
    assert "no id in column 'case'" in lines[1]
    assert "1 id occurs more than once" in lines[2]
    assert lines[3].startswith("  4. column 'Age' holds 'old'")
    assert lines[3].endswith("2 more cells of the column cannot be used, e.g. 'x', 'y'")
    assert "column 'pN' holds 'N9'" in lines[4]


def test_other_spellings_of_a_category_are_said(dictionary: Path) -> None:
    notes = opened(dictionary, ROWS.replace("61,f", "61,F")).notes
    assert "column 'Sex' reads 'F' as 'f'" in notes


def test_a_used_header_must_not_stand_twice_but_another_may(dictionary: Path) -> None:
    assert "occurs 2 times" in refused(dictionary, ROWS.replace("comment", "Age"))
    assert opened(dictionary, "case,Age,Sex,pN,x,x\nA,1,f,N0,,1\n").columns


def test_duplicate_ids_are_refused_with_their_rows(dictionary: Path) -> None:
    message = refused(dictionary, ROWS.replace("C,-9", "A,-9"))
    assert "1 id occurs more than once" in message
    assert "'A' in rows 2, 4" in message


def test_hostile_ids_are_shown_escaped_and_short(dictionary: Path) -> None:
    hostile = "\x1b[2J" + "x" * 500
    message = refused(dictionary, f"case,Age,Sex,pN\n{hostile},1,f,N0\n{hostile},1,f,N0\n")
    assert "\x1b" not in message
    assert len(message) < 400


def test_an_empty_id_is_refused(dictionary: Path) -> None:
    assert "no id in column 'case'" in refused(dictionary, ROWS.replace("B,NA", ",NA"))


def test_a_case_without_its_patient_is_refused(dictionary: Path) -> None:
    dictionary.write_text(COLUMNS + '[columns.person]\nrole = "patient"\n', encoding="utf-8")
    rows = "case,Age,Sex,pN,person\nA,1,f,N0,p1\nB,2,m,N1,\n"
    assert "no patient in column 'person'" in refused(dictionary, rows)
    table = opened(dictionary, rows.replace("N1,", "N1,p1"))
    assert [case.values["person"] for case in table.cases()] == ["p1", "p1"]


def test_the_card_comes_from_the_dictionary_or_the_file_name(dictionary: Path) -> None:
    assert opened(dictionary).card.title == "cohort"
    dictionary.write_text(
        '[card]\ntitle = "Ours\\u001b"\nlicense = "CC0"\nlabels = "pN of the specimen"\n' + COLUMNS,
        encoding="utf-8",
    )
    card = opened(dictionary).card
    assert (card.title, card.license, card.labels) == ("Ours", "CC0", "pN of the specimen")
    assert str(dictionary.parent) not in repr(card)


def open_with_feature(folder: Path, name: str, cells: str, section: str) -> Table:
    rows = "".join(f"P{index},{cell}\n" for index, cell in enumerate(cells.split()))
    (folder / "t.csv").write_text(f"id,{name}\n{rows}", encoding="utf-8")
    dictionary = f'{ID}[columns."{name}"]\nrole = "feature"\n{section}'
    (folder / "columns.toml").write_text(dictionary, encoding="utf-8")
    return Table(folder / "t.csv", folder / "columns.toml")


@pytest.mark.parametrize(
    ("name", "cells", "section", "problem"),
    [
        ("os_days", "1 2 3", NUMBER, "seems, by its name, to be known only after surgery"),
        ("path_stage_N", "N0 N1 N2", NODES, "seems, by its name, to be"),
        ("nodes_positive", "0 1 2", NUMBER, "seems, by its name, to be"),
        ("N", "N0 NX N2", NODES, "seems to hold pathological N stages"),
        ("T stage", "pT1 pT2", NODES, "seems to hold pathological T stages"),
        ("cN", "cN0 pN1 cN2", NODES, "seems to hold pathological N stages"),
    ],
)
def test_such_a_feature_is_refused_with_the_way_out(
    tmp_path: Path, name: str, cells: str, section: str, problem: str
) -> None:
    with pytest.raises(UserError) as refusal:
        open_with_feature(tmp_path, name, cells, section)
    message = str(refusal.value)
    assert f"column {name!r} {problem}" in message
    assert "columns.toml, [columns." in message
    assert message.endswith('set role = "aux", or known = "before" if it is known before surgery')


@pytest.mark.parametrize(
    ("name", "cells", "section"),
    [
        ("grade", "1 2 3", f'{NUMBER}known = "before"\n'),
        ("N", "N0 N1 N2", f'{NODES}known = "before"\n'),
        ("clinical_N", "N0 N1 N2", NODES),
        ("cN", "pN0 pN1 pN2", f'{NODES.replace("N", "pN", 3)}known = "before"\n'),
        ("cN", "N0 N1 N2", NODES),
        ("N stage on CT", "N0 N1 N2", NODES),
        ("diameter_mm", "1 2 3", NUMBER),
    ],
)
def test_what_is_clinical_or_said_to_be_known_before_is_taken(
    tmp_path: Path, name: str, cells: str, section: str
) -> None:
    (column,) = open_with_feature(tmp_path, name, cells, section).columns
    assert (column.role, column.known) == ("feature", "before")
