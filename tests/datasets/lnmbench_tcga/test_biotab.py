"""Biotab files: search, selection of cancers, files that are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_tcga.tcga import Tcga

from lnmbench import UserError

WriteBiotab = Callable[..., Path]
PATIENTS = (
    "u1 P1 MALE 61 WHITE Never [Unknown] N0 T1 No 05 Dead",
    "u2 P2 FEMALE [Unknown] ASIAN Smoker 20 N3a T4a No 05 Alive",
    "u3 P3 MALE 70 WHITE Smoker 5 NX TX No 44 Alive",
    "u4 P4 MALE 71 WHITE Smoker 5 N2 T2 Yes 44 Alive",
)


def test_a_cancer_without_pathological_n_is_refused(
    tmp_path: Path, write_biotab: WriteBiotab
) -> None:
    path = next(write_biotab(tmp_path, *PATIENTS, cancer="gbm").iterdir())
    path.write_text(path.read_text().replace("ajcc_nodes_pathologic_pn", "other"))
    with pytest.raises(UserError, match="gbm has no pathological N category"):
        Tcga(tmp_path, cancer="gbm")


def test_cancers_are_joined_in_the_order_asked(tmp_path: Path, write_biotab: WriteBiotab) -> None:
    write_biotab(tmp_path, PATIENTS[0], cancer="lusc")
    write_biotab(tmp_path, PATIENTS[1].replace("P2", "P9"), cancer="luad")
    data = Tcga(tmp_path, cancer=" lusc + luad ")
    assert [case.values["cancer"] for case in data.cases()] == ["LUSC", "LUAD"]
    assert len(data.sources) == 2


@pytest.mark.parametrize(
    ("cancer", "message"),
    [
        ("luda", "did you mean luad"),
        ("brca", "no file nationwidechildrens.org_clinical_patient_brca.txt (below "),
        ("luad+stad", "_patient_stad.txt"),
        ("brca", "known: luad"),
        ("luad+", "unknown cancer ''"),
        ("luad+luad", "given twice"),
        ("../luad", "unknown cancer '../luad'"),
    ],
)
def test_unknown_cancers_are_refused(
    tmp_path: Path, cancer: str, message: str, write_biotab: WriteBiotab
) -> None:
    with pytest.raises(UserError) as refusal:
        Tcga(write_biotab(tmp_path, *PATIENTS), cancer=cancer)
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("patients", "message"),
    [
        ((PATIENTS[0], PATIENTS[0]), "1 patient barcode occurs more than once"),
        ((PATIENTS[0], PATIENTS[1].replace("N3a", "M1")), "holds 'M1'"),
        ((PATIENTS[0], PATIENTS[1].replace("[Unknown]", "old")), "column 'age' holds 'old'"),
        ((PATIENTS[0], PATIENTS[1].replace("FEMALE", "F")), "column 'sex' holds 'F'"),
        ((PATIENTS[0], PATIENTS[1].removesuffix(" Alive")), "row 5"),
        ((), "not a Biotab clinical file"),
    ],
)
def test_wrong_files_are_refused(
    tmp_path: Path, patients: tuple[str, ...], message: str, write_biotab: WriteBiotab
) -> None:
    with pytest.raises(UserError) as refusal:
        Tcga(write_biotab(tmp_path, *patients), cancer="luad")
    assert message in str(refusal.value)


def test_missing_folders_and_files_are_refused(tmp_path: Path, write_biotab: WriteBiotab) -> None:
    with pytest.raises(UserError, match="no folder"):
        Tcga(tmp_path / "none")
    with pytest.raises(UserError, match="no clinical file under"):
        Tcga(tmp_path)
    write_biotab(tmp_path / "a", *PATIENTS)
    write_biotab(tmp_path / "b", *PATIENTS)
    with pytest.raises(UserError, match="two files for cancer 'luad'"):
        Tcga(tmp_path)
