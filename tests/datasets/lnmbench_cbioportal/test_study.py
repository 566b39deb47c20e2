"""Patients and samples of a study, joined; files that do not belong together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lnmbench_cbioportal.study import read_study
from lnmbench_cbioportal.study_files import find_study

from lnmbench import UserError

WriteStudy = Callable[..., Path]
ReplaceText = Callable[[Path, str, str], None]


def test_samples_are_joined_by_patient(write_study: WriteStudy) -> None:
    study = read_study(find_study(write_study()))
    assert study.ids == ("P1", "P2", "P3", "P4", "P5")
    assert study.read("SAMPLE_ID") == ["P1-01", "P2-01", "P3-01", "P4-01", "P5-01"]
    assert study.read("Aneuploidy Score") == ["5", "", "", "8", "8"]
    assert study.read("no such column") == [""] * 5
    assert "1 patient has more than one sample" in study.notes[0]
    assert study.select([True, False, False, False, True]).ids == ("P1", "P5")


def test_patients_without_a_partner_are_counted(
    write_study: WriteStudy, replace_text: ReplaceText
) -> None:
    folder = write_study()
    replace_text(folder / "data_clinical_sample.txt", "P3|P3-01", "P9|P9-01")
    study = read_study(find_study(folder))
    assert study.read("SAMPLE_ID")[2] == ""
    assert study.notes[:2] == (
        "1 of 5 patients have no row in the file of samples: their values by sample are unknown",
        "1 of 5 patients of the file of samples are not in the file of patients and cannot be used",
    )


def test_patients_with_metastases_alone_are_left_out(
    write_study: WriteStudy, replace_text: ReplaceText
) -> None:
    folder = write_study()
    replace_text(folder / "data_clinical_sample.txt", "P2-01|Primary", "P2-01|Metastasis")
    assert read_study(find_study(folder)).ids == ("P1", "P3", "P4", "P5")


def test_files_of_two_studies_are_refused(write_study: WriteStudy) -> None:
    folder = write_study(samples=["Q1|Q1-01|Primary|LUAD|05|3"])
    with pytest.raises(UserError, match="no patient in common .*5 and 1 patients, e.g. 'P1' and"):
        read_study(find_study(folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("patient", "P2|", "P1|", "1 patient id occurs more than once"),
        ("patient", "P2|", "|", "1 patient id is empty"),
        ("sample", "P2-01", "P1-01", "1 sample id occurs more than once"),
        ("sample", "|SAMPLE_ID|", "|SAMPLE|", "no column SAMPLE_ID"),
        ("patient", "PATIENT_ID|", "PATIENT|", "is no clinical file of cBioPortal"),
    ],
)
def test_wrong_ids_are_refused(
    write_study: WriteStudy,
    replace_text: ReplaceText,
    file: str,
    old: str,
    new: str,
    message: str,
) -> None:
    folder = write_study()
    path = folder / f"data_clinical_{file}.txt"
    if file == "patient" and old == "P2|":
        old, new = "\nP2|", f"\n{new}"
    if old == "PATIENT_ID|":
        old, new = "\nPATIENT_ID|", f"\n{new}"
    replace_text(path, old, new)
    with pytest.raises(UserError, match=message):
        read_study(find_study(folder))


def test_a_download_without_patient_ids_is_refused(
    write_download: Callable[[], Path], replace_text: ReplaceText
) -> None:
    path = write_download()
    replace_text(path, "|P2|", "||")
    with pytest.raises(UserError, match="1 row has no patient id"):
        read_study(find_study(path))
    replace_text(path, "||P2-01", "|P2|P1-01")
    with pytest.raises(UserError, match="1 sample id occurs more than once"):
        read_study(find_study(path))


def test_a_download_of_two_studies_is_refused(
    write_download: Callable[[], Path], replace_text: ReplaceText
) -> None:
    path = write_download()
    replace_text(path, "lung_study|P2|", "other_study|P2|")
    with pytest.raises(UserError, match="has 2 studies .*'lung_study', 'other_study'"):
        read_study(find_study(path))
