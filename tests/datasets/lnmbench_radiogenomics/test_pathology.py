"""Findings of pathology: counts of the real table by pandas, spellings, columns that lack."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from lnmbench_radiogenomics.pathology import FINDINGS, Finding
from lnmbench_radiogenomics.radiogenomics import Radiogenomics

PLEURA = "Pleural invasion (elastic, visceral, or parietal)"


@pytest.fixture
def table(shared_data: Path) -> pd.DataFrame:
    (path,) = (shared_data / "nsclc_radiogenomics").glob("*.csv")
    return pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns=str.strip)


def find_finding(label: str) -> Finding:
    return next(finding for finding in FINDINGS if finding.label == label)


@pytest.mark.parametrize(
    ("name", "label", "words"),
    [
        (
            "Histology",
            "histology",
            {"adenocarcinoma": "^Aden", "squamous cell carcinoma": "^Squam", "NSCLC NOS": "NOS"},
        ),
        (
            "Histopathological Grade",
            "grade",
            {
                "G1": "^G1",
                "G1 to G2": "Well to mod",
                "G2": "^G2",
                "G2 to G3": "ly to poor",
                "G3": "^G3",
            },
        ),
        ("Lymphovascular invasion", "invasion_lymphovascular", {"no": "^Abs", "yes": "^Pres"}),
        (PLEURA, "invasion_pleural", {"no": "^No$", "yes": "^Yes$"}),
    ],
)
def test_categories_have_the_counts_of_the_table(
    shared_data: Path, table: pd.DataFrame, name: str, label: str, words: dict[str, str]
) -> None:
    data = Radiogenomics(shared_data)
    column = next(column for column in data.columns if column.label == label)
    assert (column.name, column.role, column.known) == (name, "aux", "after")
    codes = {case.id: column.encode(case.values[name]) for case in data.cases()}
    labels = Counter(column.categories[int(code)] for code in codes.values() if code == code)
    assert labels == {c: int(table[name].str.contains(w).sum()) for c, w in words.items()}
    unknown = set(table.loc[table[name].str.casefold() == "not collected", "Patient ID"])
    assert {id_ for id_, code in codes.items() if code != code} == unknown


def test_notes_count_the_findings(shared_data: Path) -> None:
    notes = Radiogenomics(shared_data).notes
    invasion = "auxiliary label invasion_"
    assert f"Lymphovascular invasion: {invasion}lymphovascular, no 133, yes 21; unknown 57" in notes
    assert f"{PLEURA}: {invasion}pleural, no 117, yes 42; unknown 52" in notes


def test_a_table_without_a_finding_says_so(tmp_path: Path, table: pd.DataFrame) -> None:
    table.drop(columns=["Histology"]).to_csv(tmp_path / "clinical.csv", index=False)
    data = Radiogenomics(tmp_path)
    labels = {column.label for column in data.columns if column.role == "aux"}
    assert labels == {"pt", "grade", "invasion_lymphovascular", "invasion_pleural"}
    assert "no column 'Histology': the cohort has no auxiliary label histology" in data.notes


def test_findings_change_no_feature(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    names = [column.name for column in data.columns]
    first = names.index("Histology")
    assert names[first:] == [finding.name for finding in FINDINGS]
    assert all(column.role != "feature" for column in data.columns[first:])


def test_spellings_are_read_in_any_case_and_others_are_kept() -> None:
    assert find_finding("grade").read("g3  poorly Differentiated") == "G3"
    assert find_finding("invasion_lymphovascular").read("PRESENT") == "yes"
    assert find_finding("invasion_lymphovascular").read("suspected") == "suspected"
    for finding in FINDINGS:
        assert set(finding.spellings.values()) <= set(finding.categories)
        assert not {finding.read(c) for c in finding.categories} - set(finding.categories)
