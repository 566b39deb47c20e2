"""Columns of Lung1: targets on request, features known before treatment."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lnmbench_nsclc_radiomics.nsclc_radiomics import NsclcRadiomics

HEADER = (
    "PatientID,age,clinical.T.Stage,Clinical.N.Stage,Clinical.M.Stage,Overall.Stage,Histology,"
    "gender,Survival.time,deadstatus.event"
)
ROWS = (
    "LUNG1-001,78.7,2,3,0,IIIb,large cell,male,2165,1",
    "LUNG1-002,83.8,2,0,0,I,squamous cell carcinoma,male,155,1",
    "LUNG1-128,NA,5,2,0,IIIa,NA,female,256,1",
    "LUNG1-200,70.1,4,4,0,IIIb,adenocarcinoma,female,141,1",
)


def write(root: Path, *rows: str, header: str = HEADER) -> Path:
    root.mkdir(exist_ok=True)
    name = "NSCLC-Radiomics-Lung1.clinical-version3-Oct-2019.csv"
    (root / name).write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return root


def labels(data: NsclcRadiomics) -> dict[str, str]:
    return {column.label: column.name for column in data.columns if column.label}


def test_whoever_asks_gets_targets_that_say_what_they_are(tmp_path: Path) -> None:
    data = NsclcRadiomics(write(tmp_path, *ROWS), clinical_n_as_target=True)
    named = labels(data)
    assert named["n1"] == "clinical N1 or higher"
    cells = {label: [c.values[named[label]] for c in data.cases()] for label in ("n1", "n2")}
    assert cells == {"n1": ["yes", "no", "yes", ""], "n2": ["yes", "no", "yes", ""]}
    assert data.notes[0].startswith("WARNING: CLINICAL N")


def test_features_hold_no_outcome_and_no_stage_with_nodes(tmp_path: Path) -> None:
    data = NsclcRadiomics(write(tmp_path, *ROWS))
    features = [column.name for column in data.columns if column.role == "feature"]
    assert features == ["age", "gender", "clinical.T.Stage", "Histology"]
    assert Counter(case.values["Histology"] for case in data.cases())["NA"] == 1
    for case in data.cases():
        for column in data.columns:
            column.encode(case.values[column.name])
