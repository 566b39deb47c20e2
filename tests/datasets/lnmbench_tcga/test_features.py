"""Features of TCGA: known before surgery, and missing columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lnmbench_tcga.tcga import Tcga

WriteBiotab = Callable[..., Path]
PATIENTS = (
    "u1 P1 MALE 61 WHITE Never [Unknown] N0 T1 No 05 Dead",
    "u2 P2 FEMALE [Unknown] ASIAN Smoker 20 N3a T4a No 05 Alive",
    "u3 P3 MALE 70 WHITE Smoker 5 NX TX No 44 Alive",
    "u4 P4 MALE 71 WHITE Smoker 5 N2 T2 Yes 44 Alive",
)


def test_features_are_known_before_surgery(shared_data: Path) -> None:
    data = Tcga(shared_data / "tcga")
    features = [column.name for column in data.columns if column.role == "feature"]
    expected = ["age", "sex", "race", "smoking", "pack_years", "site", "location", "cancer"]
    assert features == expected
    without = Tcga(shared_data / "tcga", cancer="lusc", race=False)
    assert not {"race", "cancer"} & {column.name for column in without.columns}


def test_a_cancer_whose_form_asks_for_less(tmp_path: Path, header: tuple[str, ...]) -> None:
    indices = [0, 1, 2, 3, 7]
    rows = [
        "\t".join(header[index] for index in indices),
        "\t".join(header[index] for index in indices),
        "\t".join(["CDE_ID:1"] * len(indices)),
        *("\t".join(patient.split()[index] for index in indices) for patient in PATIENTS),
    ]
    path = tmp_path / "nationwidechildrens.org_clinical_patient_thca.txt"
    path.write_text("\n".join(rows) + "\n", encoding="latin-1")
    data = Tcga(tmp_path, cancer="thca")
    assert [column.name for column in data.columns] == ["center", "age", "sex", "pn"]
    assert len(list(data.cases())) == 4
    notes = " ".join(data.notes)
    assert "THCA: the form does not record neoadjuvant treatment" in notes
    assert "no auxiliary label pt" in notes
