"""The card of Lung1: its N category is clinical, and the card says so."""

from __future__ import annotations

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


def test_the_n_class_is_clinical_and_no_target_unless_asked(tmp_path: Path) -> None:
    data = NsclcRadiomics(write(tmp_path, *ROWS))
    assert set(labels(data)) == {"cn"}
    assert data.notes[0].startswith("WARNING: CLINICAL N")
    assert "no pathological truth" in data.card.labels
    nodes = [case.values[labels(data)["cn"]] for case in data.cases()]
    assert nodes == ["N3", "N0", "N2", ""]
    assert "counted as unknown: 4 1" in data.notes[1]
    assert "counted as unknown: 5 1" in data.notes[2]
