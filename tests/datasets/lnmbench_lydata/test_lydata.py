"""lyDATA: counts that are known, old and new headers, several cohorts, files that are not right."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from lnmbench_lydata.lydata import Lydata

from lnmbench import UserError

OLD = (
    "patient,patient,patient,patient,patient,tumor,tumor,tumor,tumor,CT,pathology,pathology",
    "#,#,#,#,#,1,1,1,1,info,ipsi,contra",
    "id,institution,sex,age,diagnose_date,location,side,stage_prefix,t_stage,date,II,III",
)
NEW = (
    "patient,patient,patient,patient,patient,tumor,tumor,tumor,tumor,CT,pathology,pathology",
    "core,core,core,core,core,core,core,core,core,core,ipsi,contra",
    "id,institution,sex,age,diagnose_date,location,side,t_stage_prefix,t_stage,date,II,III",
)
SIDED = (OLD[0], OLD[1].replace("ipsi,contra", "left,right"), OLD[2])
PATIENTS = (
    "A,H,male,61,2017-08-30,larynx,left,p,2,2017-08-30,TRUE,",
    "B,H,female,70,2017-08-30,oropharynx,right,c,3,2017-08-30,FALSE,",
    "C,H,female,55,2017-08-30,oropharynx,central,p,4.0,,,True",
    "D,H,male,,2017-08-30,larynx,left,p,1,,,",
)


def write(root: Path, *patients: str, header: Sequence[str] = NEW, cohort: str = "made") -> Path:
    folder = root / cohort
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("\n".join((*header, *patients)) + "\n", encoding="utf-8")
    return root


def cells(data: Lydata, label: str) -> list[object]:
    (name,) = (column.name for column in data.columns if column.label == label)
    return [case.values[name] for case in data.cases()]


@pytest.fixture
def isb(shared_data: Path) -> Lydata:
    return Lydata(shared_data / "lydata")


def test_counts_of_the_isb_cohort(isb: Lydata) -> None:
    assert Counter(cells(isb, "n1")) == {"True": 153, "False": 177, "": 2}
    assert len(list(isb.cases())) == 332
    stations = {
        name: Counter(cells(isb, f"station_{name}")) for name in ("ipsi_I", "ipsi_II", "ipsi_III")
    }
    known = {name: (found["True"], 332 - found[""]) for name, found in stations.items()}
    assert known == {"ipsi_I": (38, 289), "ipsi_II": (100, 289), "ipsi_III": (43, 286)}
    assert "153 of 330" in " ".join(isb.notes)


def test_pt_is_known_only_where_its_prefix_says_so(isb: Lydata) -> None:
    stages = Counter(cells(isb, "pt_names"))
    assert stages[""] == 92
    assert sum(stages.values()) - stages[""] == 240
    assert "clinical" in " ".join(isb.notes)


def test_features_are_known_before_surgery(isb: Lydata) -> None:
    features = {column.name for column in isb.columns if column.role == "feature"}
    assert {"age", "location", "CT ipsi II", "MRI contra I", "PET ipsi IV"} <= features
    late = ("pathology", "stage", "dissect", "extracapsular", "date", "enbloc", "node")
    assert not [name for name in features if any(word in name for word in late)]


def test_levels_of_imaging_come_from_their_parts(isb: Lydata, shared_data: Path) -> None:
    (path,) = (shared_data / "lydata").rglob("data.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    keys = list(zip(*rows[:3], strict=True))
    a, b = keys.index(("PET", "ipsi", "IIa")), keys.index(("PET", "ipsi", "IIb"))
    expected = sum("True" in (row[a], row[b]) for row in rows[3:])
    found = Counter(case.values["PET ipsi II"] for case in isb.cases())
    assert found["True"] == expected > 107
    assert not rows[3][keys.index(("PET", "ipsi", "II"))]


def test_imaging_is_chosen(shared_data: Path) -> None:
    without = {column.name for column in Lydata(shared_data / "lydata", imaging="none").columns}
    assert not [name for name in without if name.startswith(("CT", "MRI", "PET"))]
    one = {column.name for column in Lydata(shared_data / "lydata", imaging="PET").columns}
    assert {name.split()[0] for name in one if " ipsi " in name} == {"PET", "pathology"}


def test_missing_values_are_counted_for_levels_too(isb: Lydata) -> None:
    assert (
        "missing values in the features, of 332 patients: every level by CT 290, "
        "every level by MRI 55 to 57, every level by PET 107 to 108"
    ) in isb.notes


def test_missing_values_of_other_features_are_counted(tmp_path: Path) -> None:
    notes = Lydata(write(tmp_path, *PATIENTS)).notes
    assert "missing values in the features, of 4 patients: age 1" in notes


def test_nodes_resected_en_bloc_can_count(isb: Lydata, shared_data: Path) -> None:
    assert "28 patients have every examined level free, yet positive nodes" in " ".join(isb.notes)
    counted = Lydata(shared_data / "lydata", enbloc=True)
    assert Counter(cells(counted, "n1")) == {"True": 181, "False": 149, "": 2}


def test_the_file_to_download_is_the_one_that_the_counts_are_of(shared_data: Path) -> None:
    (remote,) = Lydata.source.files
    content = (shared_data / "lydata" / remote.name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == remote.sha256
    assert len(content) == remote.bytes


@pytest.mark.parametrize("header", [OLD, NEW])
def test_old_and_new_headers_are_the_same_cohort(tmp_path: Path, header: Sequence[str]) -> None:
    data = Lydata(write(tmp_path, *PATIENTS, header=header))
    assert cells(data, "n1") == ["True", "False", "True", ""]
    assert cells(data, "pt_names") == ["T2", "", "T4", "T1"]
    assert cells(data, "station_ipsi_II") == ["True", "False", "", ""]
    assert ("old header" in " ".join(data.notes)) == (header is OLD)


def test_left_and_right_become_ipsi_and_contra_by_the_side_of_the_tumor(tmp_path: Path) -> None:
    rows = (
        "A,H,male,61,2017-08-30,larynx,left,p,2,,TRUE,FALSE",
        "B,H,female,70,2017-08-30,oropharynx,right,c,3,,FALSE,TRUE",
        "C,H,female,55,2017-08-30,oropharynx,central,p,4,,TRUE,",
    )
    data = Lydata(write(tmp_path, *rows, header=SIDED))
    assert cells(data, "station_ipsi_II") == ["True", "", ""]
    assert cells(data, "station_contra_II") == ["", "False", ""]
    assert cells(data, "station_ipsi_III") == ["", "True", ""]
    assert cells(data, "n1") == ["True", "True", "True"]
    assert "1 patients have levels by left and right" in " ".join(data.notes)


def test_cohorts_are_joined_or_chosen_and_said(tmp_path: Path) -> None:
    write(tmp_path, *PATIENTS, cohort="2023-one")
    write(tmp_path, *PATIENTS[:2], header=OLD, cohort="2021-two")
    both = Lydata(tmp_path)
    assert [case.id for case in both.cases()][:3] == ["2021-two/A", "2021-two/B", "2023-one/A"]
    assert "2021-two (2 patients), 2023-one (4 patients)" in both.notes[0]
    assert len(both.sources) == 2
    one = Lydata(tmp_path, cohort="2023-one")
    assert [case.id for case in one.cases()] == ["A", "B", "C", "D"]
    assert len(list(Lydata(tmp_path / "2021-two" / "data.csv").cases())) == 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("A,H", "B,H", "1 patient id occurs more than once"),
        ("TRUE", "yes", "a level holds 'yes'"),
        (",p,2,", ",p,T2,", "the T class cannot be read"),
        (",p,2,", ",x,2,", "with 'x'"),
        ("male,61", "m,61", "column 'sex' holds 'm'"),
        ("male,61", "male,old", "column 'age' holds 'old'"),
        ("tumor,tumor,tumor,tumor", "a,b,c,d", "no table of lyDATA under"),
        ("female,70,", "female,", "is broken (row 5): expected 12 cells, got 11"),
        ("age,diagnose_date", "age,age", "1 header occurs more than once"),
    ],
)
def test_wrong_files_are_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = "\n".join((*NEW, *PATIENTS))
    assert old in text
    (tmp_path / "data.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        Lydata(tmp_path)
    assert told in str(refusal.value)


def test_unknown_cohorts_and_examinations_are_refused(tmp_path: Path) -> None:
    write(tmp_path, *PATIENTS, cohort="2023-one")
    with pytest.raises(UserError, match="did you mean 2023-one"):
        Lydata(tmp_path, cohort="2023-on")
    with pytest.raises(UserError, match="unknown examination 'pCT'"):
        Lydata(tmp_path, imaging="CT+pCT")
    with pytest.raises(UserError, match="there is no folder"):
        Lydata(tmp_path / "none")
