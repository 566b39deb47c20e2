"""Auxiliary labels of TCGA: counts of the real files by pandas, spellings, forms that lack them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from lnmbench_tcga.aux_labels import read_type
from lnmbench_tcga.tcga import Tcga

from lnmbench import Column

NAMES = ("bcr_patient_barcode", "ajcc_nodes_pathologic_pn", "ajcc_tumor_pathologic_pt")


def count(data: Tcga, name: str) -> Counter[object]:
    return Counter(case.values[name] for case in data.cases())


def aux_columns(data: Tcga) -> dict[str, Column]:
    return {column.name: column for column in data.columns if column.role == "aux"}


def read_second_names(shared_data: Path, cancer: str) -> pd.DataFrame:
    """Return a file with the names of its second row, which occur once."""
    path = shared_data / "tcga" / f"nationwidechildrens.org_clinical_patient_{cancer}.txt"
    return pd.read_csv(
        path, sep="\t", encoding="latin-1", dtype=str, skiprows=[0, 2], keep_default_na=False
    )


def write_form(root: Path, names: Sequence[str], *rows: Sequence[str], cancer: str) -> Path:
    """Write a file with the columns `NAMES` and others, as `first` or `first|second` name."""
    pairs = [name.partition("|") for name in (*NAMES, *names)]
    lines = [[first for first, _, _ in pairs], [last or first for first, _, last in pairs]]
    lines.append([f"CDE_ID:{index}" for index in range(len(pairs))])
    lines += [[f"P{i}", "N0", "T1" if i % 2 else "T2", *row] for i, row in enumerate(rows)]
    text = "\n".join("\t".join(line) for line in lines)
    path = root / f"nationwidechildrens.org_clinical_patient_{cancer}.txt"
    path.write_text(text + "\n", encoding="latin-1")
    return root


@pytest.mark.parametrize("cancer", ["luad", "lusc", "stad"])
def test_histological_types_are_those_of_the_second_row(shared_data: Path, cancer: str) -> None:
    data = Tcga(shared_data / "tcga", cancer=cancer, neoadjuvant=True)
    types = read_second_names(shared_data, cancer)["histological_type"]
    expected = Counter(types[~types.str.startswith("[")].value_counts().tolist())
    counts = count(data, "histology")
    assert counts.pop("", 0) == types.str.startswith("[").sum()
    assert Counter(counts.values()) == expected
    assert set(counts) == set(aux_columns(data)["histology"].categories)
    assert not [name for name in counts if "  " in str(name) or "Caricnoma" in str(name)]


def test_types_of_luad_and_lusc(shared_data: Path) -> None:
    data = Tcga(shared_data / "tcga")
    counts = count(data, "histology")
    assert (len(counts), sum(counts.values())) == (16, 1016)
    assert counts["Lung Squamous Cell Carcinoma, NOS"] == 475
    assert counts["Lung Adenocarcinoma, NOS"] == 324
    assert counts["Lung Papillary Squamous Cell Carcinoma"] == 6
    histology = aux_columns(data)["histology"]
    assert (histology.label, histology.known) == ("histology", "after")


def test_grades_of_stad(shared_data: Path) -> None:
    data = Tcga(shared_data / "tcga", cancer="stad")
    grades = read_second_names(shared_data, "stad")["neoplasm_histologic_grade"]
    assert count(data, "grade") == {"": (grades == "GX").sum(), "G1": 12, "G2": 159, "G3": 263}
    assert "grade: counted as unknown: GX 9" in data.notes
    assert aux_columns(data)["grade"].categories == ("G1", "G2", "G3")


def test_no_file_of_lung_or_stomach_has_a_clinical_stage(shared_data: Path) -> None:
    for cancer in ("luad", "lusc", "stad"):
        clinical = read_second_names(shared_data, cancer)["clinical_T"]
        assert set(clinical) == {"[Not Applicable]"}
        data = Tcga(shared_data / "tcga", cancer=cancer)
        assert "ct" not in aux_columns(data)
        assert any("no auxiliary label ct" in note for note in data.notes)


@pytest.mark.parametrize(
    ("cancer", "name", "label"),
    [("luad", "ajcc_tumor_clinical_ct|clinical_T", "ct"), ("blca", "clinical_T", "ct_names")],
)
def test_a_clinical_stage_is_known_before_surgery(
    tmp_path: Path, cancer: str, name: str, label: str
) -> None:
    rows = (["T2a1"], ["T3"], ["TX"], ["[Not Applicable]"], ["T3"])
    data = Tcga(write_form(tmp_path, [name], *rows, cancer=cancer), cancer=cancer)
    column = aux_columns(data)["ct"]
    assert (column.label, column.known, column.categories) == (label, "before", ("T2a", "T3"))
    assert count(data, "ct") == {"T2a": 1, "T3": 2, "": 2}


def test_unknown_grades_are_counted_and_not_quoted(tmp_path: Path) -> None:
    rows = (["G1"], ["g 2"], ["GB"], ["Mrs Jones"], ["[Unknown]"], ["High Grade"], [""])
    root = write_form(tmp_path, ["neoplasm_histologic_grade"], *rows, cancer="ov")
    data = Tcga(root, cancer="ov")
    assert count(data, "grade") == {"G1": 1, "G2": 1, "": 5}
    unknown = "GB 1, [Unknown] 1, another spelling 2, empty 1"
    assert f"grade: counted as unknown: {unknown}" in data.notes
    assert "Jones" not in " ".join(data.notes)


def test_the_first_known_of_two_columns_counts(tmp_path: Path) -> None:
    names = ["ajcc_tumor_clinical_ct", "clinical_T"]
    rows = (["[Not Applicable]", "T1"], ["T2", "T3"], ["TX", "T4"], ["", ""])
    data = Tcga(write_form(tmp_path, names, *rows, cancer="hnsc"), cancer="hnsc")
    assert count(data, "ct") == {"T1": 1, "T2": 1, "": 2}


def test_two_grades_by_name_are_in_their_order(tmp_path: Path) -> None:
    rows = (["High Grade"], ["Low Grade"], ["High Grade"])
    data = Tcga(write_form(tmp_path, ["tumor_grade"], *rows, cancer="blca"), cancer="blca")
    assert aux_columns(data)["grade"].categories == ("Low Grade", "High Grade")


def test_the_name_of_the_cancer_is_no_histological_type(tmp_path: Path) -> None:
    rows = (["Lung A", "Papillary"], ["Lung A", "papillary"], ["Lung A", "Acinar"])
    names = ["histologic_diagnosis|diagnosis", "histologic_diagnosis|histological_type"]
    root = write_form(tmp_path, names, *rows, cancer="luad")
    assert count(Tcga(root, cancer="luad"), "histology") == {"Papillary": 2, "Acinar": 1}
    write_form(tmp_path, names[:1], ["Lung A"], ["Lung B"], cancer="luad")
    assert "histology" not in aux_columns(Tcga(root, cancer="luad"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Lung Adenocarcinoma- Not Otherwise Specified (NOS)", "Lung Adenocarcinoma, NOS"),
        ("Stomach  Adenocarcinoma  Not Otherwise Specified (NOS)", "Stomach Adenocarcinoma, NOS"),
        ("Lung Papillary Squamous Cell Caricnoma", "Lung Papillary Squamous Cell Carcinoma"),
        ("Mucinous (Colloid) Carcinoma", "Mucinous (Colloid) Carcinoma"),
        ("Not Otherwise Specified (NOS)", "NOS"),
        ("[Not Reported]", ""),
    ],
)
def test_spellings_of_types_are_normalized(cell: str, expected: str) -> None:
    assert read_type(cell) == expected
