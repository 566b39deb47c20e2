"""The proposed dictionary: guesses, columns that are left to the owner, and loading it."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lnmbench_table.table import Table

from lnmbench import UserError


def proposed(path: Path, header: list[str], rows: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return Table.propose(path)


def columns(path: Path, header: list[str], rows: list[list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(proposed(path, header, rows))["columns"]
    return found


def table(name: str, cells: list[str]) -> tuple[list[str], list[list[str]]]:
    return ["Patient ID", name], [[f"P{index}", cell] for index, cell in enumerate(cells)]


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("Age", ["61", "N/A", "70.5", ""], {"kind": "continuous", "missing": ["N/A"]}),
        ("Smoker", ["yes", "no", "Unknown"], {"kind": "binary", "categories": ["no", "yes"]}),
        ("lobulated", ["1", "0", "1"], {"kind": "binary", "categories": ["0", "1"]}),
        ("ASA class", ["II", "I", "III"], {"kind": "ordinal", "categories": ["I", "II", "III"]}),
        ("lobe", ["left", "right", "mid"], {"kind": "nominal"}),
        ("age at pathologic diagnosis", ["1", "2", "3"], {"role": "feature"}),
        ("pN", ["N2", "NX", "N0", "N1"], {"role": "target", "label": "pn", "missing": ["NX"]}),
        ("path_stage_N", ["N0", "N1", "N2"], {"role": "target", "label": "pn"}),
        ("clinical N", ["N0", "N1", "N2"], {"role": "feature", "known": "before"}),
        ("pathologic_T", ["Tis", "T1a", "T2b"], {"role": "aux", "label": "pt", "kind": "ordinal"}),
        ("n2", ["0", "1", "0"], {"role": "target", "label": "n2"}),
        ("hospital", ["x", "y", "x", "y"], {"role": "center"}),
    ],
)
def test_guesses(tmp_path: Path, name: str, cells: list[str], expected: dict[str, Any]) -> None:
    found = columns(tmp_path / "t.csv", *table(name, cells))
    assert found["Patient ID"] == {"role": "id"}
    assert found[name].items() >= expected.items()


def test_carcinoma_in_situ_comes_before_t1(tmp_path: Path) -> None:
    found = columns(tmp_path / "t.csv", *table("pT", ["T1a", "Tis", "T4"]))
    assert found["pT"]["categories"] == ["Tis", "T1a", "T4"]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Histopathological Grade", ["G1", "G2", "G3"]),
        ("pM", ["M0", "M1"]),
        ("Overall survival (days)", ["1", "2", "3"]),
        ("Adjuvant Chemotherapy", ["no", "yes"]),
        ("recurrence_location", ["local", "distant", "none"]),
        ("lvi", ["0", "1"]),
        ("nodes_positive", ["0", "1", "2"]),
        ("nodal class", ["N0", "N1", "N2"]),
        ("T stage", ["T1", "T2", "TX"]),
    ],
)
def test_what_is_known_after_surgery_is_never_proposed_as_a_feature(
    tmp_path: Path, name: str, cells: list[str]
) -> None:
    text = proposed(tmp_path / "t.csv", *table(name, cells))
    assert name not in tomllib.loads(text)["columns"]
    assert '# known = "after"' in text
    uncommented = text.replace('# label = ""', '# label = "x"')
    lines = [line.removeprefix("# ") for line in uncommented.split(name, 1)[1].split("\n")[1:]]
    section = tomllib.loads("\n".join(lines))
    assert section["role"] == "aux"


@pytest.mark.parametrize(
    ("name", "cells", "why"),
    [
        ("scan", ["2020-01-02", "2021-05-06", "2019-11-30"], "contains dates"),
        ("comment", [f"text {index}" for index in range(20)], "20 different texts"),
        ("empty", ["", "NA", ""], "is empty"),
        ("same", ["x", "x", "x"], "only one value"),
        ("mixed", ["1", "2", "3", "about 4"], "mixes numbers"),
    ],
)
def test_what_cannot_be_used_as_it_is_is_left_out_with_the_reason(
    tmp_path: Path, name: str, cells: list[str], why: str
) -> None:
    text = proposed(tmp_path / "t.csv", *table(name, cells))
    assert name not in tomllib.loads(text)["columns"]
    assert why in text


TEXT = "Mass {} in the right upper lobe of the lung, no pleural effusion."


@pytest.mark.parametrize("name", ["CT report", "Radiology findings", "影像所见", "胸部CT描述"])
def test_long_texts_of_imaging_are_proposed_as_reports(tmp_path: Path, name: str) -> None:
    cells = [TEXT.format(index) for index in range(20)]
    assert columns(tmp_path / "t.csv", *table(name, cells))[name] == {"role": "report"}


@pytest.mark.parametrize("name", ["Pathology report", "病理报告", "Operation report", "history"])
def test_other_long_texts_are_not(tmp_path: Path, name: str) -> None:
    cells = [TEXT.format(index) for index in range(20)]
    text = proposed(tmp_path / "t.csv", *table(name, cells))
    assert name not in tomllib.loads(text)["columns"]
    assert "right upper lobe" not in text


def test_the_proposal_loads_without_edits(tmp_path: Path) -> None:
    header = ["case id", "Age", "Sex", "Histology ", "pN", "Time to death"]  # Histology is asked
    rows = [["a", "61", "f", "adeno", "N0", "12"], ["b", "Unknown", "m", "squamous", "pNX", ""]]
    rows += [["c", "55", "m", "other", "N2", "40"], ["d", "70", "f", "adeno", "N1", "3"]]
    (tmp_path / "columns.toml").write_text(
        proposed(tmp_path / "t.csv", header, rows), encoding="utf-8"
    )
    loaded = Table(tmp_path / "t.csv", tmp_path / "columns.toml")
    roles = {column.name: column.role for column in loaded.columns}
    assert roles == {"Age": "feature", "Sex": "feature", "pN": "target"}
    assert len(list(loaded.cases())) == 4


def test_clinical_and_treated_classes_of_a_label_are_listed_as_missing(tmp_path: Path) -> None:
    classes = ["pN0", "cN1", "N2b", "ypN0", "pN1", "pN2"]
    rows = [[f"case {index}", name] for index, name in enumerate(classes)]
    text = proposed(tmp_path / "t.csv", ["id", "Stade N"], rows)
    assert "# n1 positive: pN1, N2b, pN2 (n = 3 of 4), column Stade N" in text
    assert 'missing = ["cN1", "ypN0"]  # with 2 cells of clinical (c) classes' in text
    (tmp_path / "columns.toml").write_text(text, encoding="utf-8")
    assert len(list(Table(tmp_path / "t.csv", tmp_path / "columns.toml").cases())) == 6


def test_numbers_of_centers_are_neither_ids_nor_patients(tmp_path: Path) -> None:
    rows = [[str(number), site, "61"] for number in range(20) for site in ("Paris", "Lyon")]
    text = proposed(tmp_path / "t.csv", ["N° patient", "Centre", "Âge"], rows)
    assert '# [columns."N° patient"] repeats between the centers of "Centre" alone' in text
    assert 'role = "patient"' not in text
    once = [[str(number), "Paris", "61"] for number in range(20) for _ in range(2)]
    assert 'role = "patient"' in proposed(tmp_path / "t.csv", ["N° patient", "Centre", "Âge"], once)


def test_classes_in_one_cell_are_to_be_split(tmp_path: Path) -> None:
    rows = [[f"case {index}", f"pT1a pN{index % 3} cM0"] for index in range(20)]
    text = proposed(tmp_path / "t.csv", ["id", "TNM"], rows)
    assert "# [columns.TNM] holds T, N and M classes together: write T and N into columns" in text


def test_what_is_lacking_is_hinted_at(tmp_path: Path) -> None:
    text = proposed(tmp_path / "t.csv", ["x", "y"], [["1", "2"], ["3", "4"]])
    assert "No target was recognized" in text
    assert "No id was recognized" in text


def test_the_radiogenomics_table_is_described(shared_data: Path, tmp_path: Path) -> None:
    (source,) = (shared_data / "nsclc_radiogenomics").glob("*.csv")
    (tmp_path / "columns.toml").write_text(Table.propose(source), encoding="utf-8")
    loaded = Table(source, tmp_path / "columns.toml")
    features = {column.name for column in loaded.columns if column.role == "feature"}
    assert {"Age at Histological Diagnosis", "%GG", "Pack Years"} <= features
    after = ("patholog", "grade", "invasion", "surviv", "recur", "adjuvant", "chemo", "death")
    assert not [name for name in features if any(word in name.casefold() for word in after)]
    assert {column.label for column in loaded.columns if column.label} == {"pn", "pt"}


hostile = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(header=st.lists(hostile, min_size=2, max_size=4), data=st.data())
def test_hostile_text_still_gives_toml(
    tmp_path: Path, header: list[str], data: st.DataObject
) -> None:
    row = st.lists(hostile, min_size=len(header), max_size=len(header))
    rows = data.draw(st.lists(row, min_size=1, max_size=4))
    rows = [["h", *header], *[["v", *cells] for cells in rows]]
    try:
        text = proposed(tmp_path / "t.csv", rows[0], rows[1:])
    except UserError:
        return  # texts of one or two letters can be of any encoding
    tomllib.loads(text)


def test_what_was_decided_on_the_file_is_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("Patient ID;Größe (cm)\nA;3\nB;4\n".encode("cp1252"))
    proposal = Table.propose(path)
    assert "\n# Read: t.csv is not UTF-8 and was read as cp1252" in proposal
    assert '[columns."Größe (cm)"]' in proposal


def test_headers_that_cannot_be_named_are_mentioned(tmp_path: Path) -> None:
    text = proposed(tmp_path / "t.csv", ["id", "Age", "Age", ""], [["a", "1", "2", "3"]] * 2)
    assert '# "Age" is the header of 2 columns: rename all but one to use them.' in text
    assert "# 1 column without a header." in text


def test_row_names_counts_of_nodes_and_follow_up_times_are_no_features(tmp_path: Path) -> None:
    """The columns of the Rotterdam cohort, whose count of nodes is the target itself."""
    header = ["", "pid", "year", "age", "meno", "size", "nodes", "rtime", "recur", "dtime", "death"]
    rows = [
        [
            str(3000 - 7 * number),
            str(number),
            str(1980 + number % 13),
            str(40 + number % 37),
            str(number % 2),
            ("<=20", "20-50", ">50")[number % 3],
            str(max(0, number % 9 - 4)),
            str(2000 + 11 * number),
            str(number % 2),
            str(2100 + 13 * number),
            str((number // 2) % 2),
        ]
        for number in range(1, 60)
    ]
    assert set(columns(tmp_path / "rotterdam.csv", header, rows)) == {"pid", "age"}
