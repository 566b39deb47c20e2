"""TCGA's clinical tables: counts that are known, and files that are not right."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lnmbench_tcga.tcga import Tcga

from lnmbench import UserError

HEADER = (
    "bcr_patient_uuid",
    "bcr_patient_barcode",
    "gender",
    "age_at_initial_pathologic_diagnosis",
    "race",
    "tobacco_smoking_history_indicator",
    "tobacco_smoking_pack_years_smoked",
    "ajcc_nodes_pathologic_pn",
    "ajcc_tumor_pathologic_pt",
    "history_neoadjuvant_treatment",
    "tissue_source_site",
    "vital_status",
)
PATIENTS = (
    "u1 P1 MALE 61 WHITE Never [Unknown] N0 T1 No 05 Dead",
    "u2 P2 FEMALE [Unknown] ASIAN Smoker 20 N3a T4a No 05 Alive",
    "u3 P3 MALE 70 WHITE Smoker 5 NX TX No 44 Alive",
    "u4 P4 MALE 71 WHITE Smoker 5 N2 T2 Yes 44 Alive",
)


def biotab(root: Path, *patients: str, cancer: str = "luad") -> Path:
    rows = ["\t".join(HEADER), "\t".join(HEADER), "\t".join(["CDE_ID:1"] * len(HEADER))]
    rows += [
        "\t".join(patient.split()).replace("Never", "Lifelong Non-smoker") for patient in patients
    ]
    root.mkdir(exist_ok=True)
    (root / f"nationwidechildrens.org_clinical_patient_{cancer}.txt").write_text(
        "\n".join(rows) + "\n", encoding="latin-1"
    )
    return root


def stages(data: Tcga, name: str) -> Counter[object]:
    return Counter(case.values[name] for case in data.cases())


@pytest.mark.parametrize(
    ("cancer", "expected"),
    [
        ("luad", {"N0": 335, "N1": 98, "N2": 75, "N3": 2, "": 12}),
        ("lusc", {"N0": 320, "N1": 133, "N2": 40, "N3": 5, "": 6}),
        ("stad", {"N0": 132, "N1": 119, "N2": 86, "N3": 88, "": 18}),
    ],
)
def test_nodal_classes_of_the_files(
    shared_data: Path, cancer: str, expected: dict[str, int]
) -> None:
    data = Tcga(shared_data / "tcga", cancer=cancer, neoadjuvant=True)
    assert stages(data, "pn") == expected


def test_luad_and_lusc_have_998_patients_with_both_stages(shared_data: Path) -> None:
    cases = list(Tcga(shared_data / "tcga").cases())
    known = [case for case in cases if case.values["pn"] and case.values["pt"]]
    assert len(known) == 998
    assert sum(case.values["pn"] != "N0" for case in known) == 346
    assert sum(case.values["pn"] in ("N2", "N3") for case in known) == 119


def test_features_are_known_before_surgery(shared_data: Path) -> None:
    data = Tcga(shared_data / "tcga")
    features = [column.name for column in data.columns if column.role == "feature"]
    expected = ["age", "sex", "race", "smoking", "pack_years", "site", "location", "cancer"]
    assert features == expected
    without = Tcga(shared_data / "tcga", cancer="lusc", race=False)
    assert not {"race", "cancer"} & {column.name for column in without.columns}


def test_notes_say_what_was_left_out_and_collapsed(shared_data: Path) -> None:
    assert "10 of 1026 patients" in " ".join(Tcga(shared_data / "tcga").notes)
    notes = " ".join(Tcga(shared_data / "tcga", cancer="stad").notes)
    assert "N3a 49, N3b 7" in notes
    assert "NX 17, [Discrepancy] 1" in notes


def test_a_small_file_from_end_to_end(tmp_path: Path) -> None:
    data = Tcga(biotab(tmp_path, *PATIENTS), "LUAD")
    cases = {case.id: case.values for case in data.cases()}
    assert list(cases) == ["P1", "P2", "P3"]
    assert cases["P1"]["pack_years"] == "0"
    assert (cases["P2"]["pn"], cases["P2"]["pt"], cases["P2"]["age"]) == ("N3", "T4a", "")
    assert (cases["P3"]["pn"], cases["P3"]["pt"]) == ("", "")
    by_name = {column.name: column for column in data.columns}
    assert by_name["pt"].categories == ("T1", "T4a")
    assert by_name["center"].role == "center"
    assert "site" not in by_name
    assert "vital_status" not in {name for values in cases.values() for name in values}


def test_a_cancer_whose_form_asks_for_less(tmp_path: Path) -> None:
    kept = [0, 1, 2, 3, 7]
    rows = [
        "\t".join(HEADER[place] for place in kept),
        "\t".join(HEADER[place] for place in kept),
        "\t".join(["CDE_ID:1"] * len(kept)),
        *("\t".join(patient.split()[place] for place in kept) for patient in PATIENTS),
    ]
    path = tmp_path / "nationwidechildrens.org_clinical_patient_thca.txt"
    path.write_text("\n".join(rows) + "\n", encoding="latin-1")
    data = Tcga(tmp_path, cancer="thca")
    assert [column.name for column in data.columns] == ["center", "age", "sex", "pn"]
    assert len(list(data.cases())) == 4
    notes = " ".join(data.notes)
    assert "THCA: the form does not tell of treatment before surgery" in notes
    assert "no auxiliary label pt" in notes


def test_a_cancer_without_pathological_n_is_refused(tmp_path: Path) -> None:
    path = next(biotab(tmp_path, *PATIENTS, cancer="gbm").iterdir())
    path.write_text(path.read_text().replace("ajcc_nodes_pathologic_pn", "other"))
    with pytest.raises(UserError, match="gbm has no pathological N class"):
        Tcga(tmp_path, cancer="gbm")


def test_classes_of_other_organs_are_labeled_so(tmp_path: Path) -> None:
    patients = (PATIENTS[0].replace("T1", "T1b1"), PATIENTS[1].replace("T4a", "T2a2"))
    data = Tcga(biotab(tmp_path, *patients, cancer="cesc"), cancer="cesc")
    (tumor,) = (column for column in data.columns if column.name == "pt")
    assert (tumor.label, tumor.categories) == ("pt_names", ("T1b", "T2a"))
    assert "pt: subclasses count as their class: T1b1 1, T2a2 1" in data.notes
    lung = Tcga(biotab(tmp_path / "lung", *PATIENTS), cancer="luad")
    assert [column.label for column in lung.columns if column.name == "pt"] == ["pt"]


def test_n3_is_called_rare_for_lung_alone(tmp_path: Path) -> None:
    lung = Tcga(biotab(tmp_path, *PATIENTS), cancer="luad").card
    stomach = Tcga(biotab(tmp_path, *PATIENTS, cancer="stad"), cancer="stad").card
    assert "N3 is rare" in " ".join(lung.notes)
    assert "N3 is rare" not in " ".join(stomach.notes)
    assert stomach.notes[-1] == "Surgical series: patients who were not operated on are absent."


def test_cancers_are_joined_in_the_order_asked(tmp_path: Path) -> None:
    biotab(tmp_path, PATIENTS[0], cancer="lusc")
    biotab(tmp_path, PATIENTS[1].replace("P2", "P9"), cancer="luad")
    data = Tcga(tmp_path, cancer=" lusc + luad ")
    assert [case.values["cancer"] for case in data.cases()] == ["LUSC", "LUAD"]
    assert len(data.sources) == 2


@pytest.mark.parametrize(
    ("cancer", "told"),
    [
        ("luda", "did you mean luad"),
        ("brca", "there is no file nationwidechildrens.org_clinical_patient_brca.txt (below "),
        ("luad+stad", "_patient_stad.txt"),
        ("brca", "there: luad"),
        ("luad+", "unknown cancer ''"),
        ("luad+luad", "named twice"),
        ("../luad", "unknown cancer '../luad'"),
    ],
)
def test_unknown_cancers_are_refused(tmp_path: Path, cancer: str, told: str) -> None:
    with pytest.raises(UserError) as refusal:
        Tcga(biotab(tmp_path, *PATIENTS), cancer=cancer)
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("patients", "told"),
    [
        ((PATIENTS[0], PATIENTS[0]), "1 patient barcode occurs more than once"),
        ((PATIENTS[0], PATIENTS[1].replace("N3a", "M1")), "holds 'M1'"),
        ((PATIENTS[0], PATIENTS[1].replace("[Unknown]", "old")), "column 'age' holds 'old'"),
        ((PATIENTS[0], PATIENTS[1].replace("FEMALE", "F")), "column 'sex' holds 'F'"),
        ((PATIENTS[0], PATIENTS[1].removesuffix(" Alive")), "row 5"),
        ((), "not a Biotab clinical file"),
    ],
)
def test_wrong_files_are_refused(tmp_path: Path, patients: tuple[str, ...], told: str) -> None:
    with pytest.raises(UserError) as refusal:
        Tcga(biotab(tmp_path, *patients), cancer="luad")
    assert told in str(refusal.value)


def test_missing_folders_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        Tcga(tmp_path / "none")
    with pytest.raises(UserError, match="no clinical file under"):
        Tcga(tmp_path)
    biotab(tmp_path / "a", *PATIENTS)
    biotab(tmp_path / "b", *PATIENTS)
    with pytest.raises(UserError, match="two files for cancer 'luad'"):
        Tcga(tmp_path)
