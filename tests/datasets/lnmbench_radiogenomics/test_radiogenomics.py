"""NSCLC Radiogenomics: counts that are known, and where its table is found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lnmbench_radiogenomics.radiogenomics import Radiogenomics

from lnmbench import UserError


@pytest.fixture
def source(shared_data: Path) -> str:
    (path,) = (shared_data / "nsclc_radiogenomics").glob("*.csv")
    return path.read_text(encoding="utf-8")


def column(data: Radiogenomics, name: str) -> Counter[object]:
    return Counter(case.values[name] for case in data.cases())


def test_stages_of_the_162_patients_with_pathology(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    nodes = column(data, "Pathological N stage")
    assert nodes == {"N0": 129, "N1": 15, "N2": 18, "Not Collected": 49}
    tumors = column(data, "Pathological T stage")
    expected = {"Tis": 6, "T1a": 40, "T1b": 31, "T2a": 47, "T2b": 10, "T3": 21, "T4": 7}
    assert tumors == {**expected, "Not Collected": 49}
    assert sum(case.id.startswith("R01-") for case in data.cases()) == 162
    assert "unknown for 49 of 211" in data.notes[0]


def test_every_cell_can_be_encoded(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    numbers = [c for c in data.columns if c.role != "center"]
    for case in data.cases():
        for found in numbers:
            found.encode(case.values[found.name])


def test_nothing_known_only_after_surgery_is_a_feature(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    features = {c.name for c in data.columns if c.role == "feature"}
    assert len(features) == 13
    late = ("path", "grade", "invasion", "mutation", "adjuvant", "recur", "surviv", "date", "days")
    assert not [name for name in features if any(word in name.casefold() for word in late)]
    assert "Histology" not in features
    assert any("'Histology'" in note for note in data.notes)


def test_nonsmokers_have_no_pack_years(shared_data: Path) -> None:
    data = Radiogenomics(shared_data)
    values = [case.values for case in data.cases() if case.values["Smoking status"] == "Nonsmoker"]
    assert {row["Pack Years"] for row in values} == {"0"}


def test_the_table_is_found_by_its_header_with_either_name(tmp_path: Path, source: str) -> None:
    folder = tmp_path / "manifest-1" / "deep"
    folder.mkdir(parents=True)
    (tmp_path / "metadata.csv").write_text("Series UID,Collection\n1,x\n", encoding="utf-8")
    original = source.replace("Patient ID,", "Case ID,", 1)
    (folder / "any.csv").write_text("\ufeff" + original, encoding="utf-8")
    data = Radiogenomics(tmp_path)
    assert data.sources == (folder / "any.csv",)
    assert len(list(data.cases())) == 211
    assert len(list(Radiogenomics(folder / "any.csv").cases())) == 211


def test_two_tables_are_not_guessed_between(tmp_path: Path, source: str) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(source, encoding="utf-8")
    with pytest.raises(UserError, match="2 clinical tables"):
        Radiogenomics(tmp_path)


def test_a_folder_without_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no clinical table under"):
        Radiogenomics(tmp_path)
    with pytest.raises(UserError, match="there is no folder"):
        Radiogenomics(tmp_path / "none")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("R01-002,", "R01-001,", "1 patient id occurs more than once"),
        (",N2,", ",N7,", "column 'Pathological N stage' holds 'N7'"),
        ("Gender,", "Geschlecht,", "there is no column 'Gender'"),
        ("AMC-003,Stanford,", "AMC-003,", "row 4"),
        ("AMC-003,", 'AMC-003,"', "is broken"),
    ],
)
def test_wrong_tables_are_refused(
    tmp_path: Path, source: str, old: str, new: str, told: str
) -> None:
    assert old in source
    (tmp_path / "t.csv").write_text(source.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        Radiogenomics(tmp_path)
    assert told in str(refusal.value)
