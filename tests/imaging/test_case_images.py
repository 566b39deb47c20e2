"""Images of a cohort by patient, their source files and notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_series import ALGORITHM, CONTOURS, CT, SEG, make_series

from lnmbench import UserError
from lnmbench.imaging.case_images import CaseImages, find_case_images, sort_images
from lnmbench.imaging.dicom_series import DAMAGED
from lnmbench.imaging.tumor_source import AnnotationKind, AnnotationRules

BY_NUMBER = AnnotationRules(
    kinds=(AnnotationKind(modalities=("SEG",), number=1000),), never={300: "by an algorithm"}
)
ANY = AnnotationRules(kinds=(AnnotationKind(),))


def test_notes_count_patients_marks_and_what_is_of_no_use() -> None:
    damaged = make_series(DAMAGED, None, patient="", files=2)
    index = (
        CT,
        SEG,
        ALGORITHM,
        make_series("CT", 1, patient="B"),
        make_series("CT", 1, patient="Z"),
        damaged,
    )
    images = sort_images(index, ("A", "B", "C"), BY_NUMBER)
    assert images.notes == (
        "images: 2 of 3 patients have DICOM series, 1 with SEG series 1000; a patient without CT "
        "or without a marked tumor is left out",
        "1 segmentation by an algorithm (series 300) is left out",
        "1 more patient has DICOM series, but is not in the cohort",
        "2 DICOM files are damaged or have no patient ID",
    )


def test_sources_are_ct_and_marks_of_the_cohort_in_its_order() -> None:
    other = make_series("CT", 1, patient="B")
    index = (CT, make_series("PT", 2), CONTOURS, SEG, other, make_series("CT", 1, patient="Z"))
    images = sort_images(index, ("B", "A"), BY_NUMBER)
    assert images.sources == (*other.files, *CT.files, *SEG.files)


def test_a_patient_without_images_says_so_but_a_cohort_without_has_no_volumes() -> None:
    images = sort_images((CT, SEG), ("A", "B"), BY_NUMBER)
    read = images.volume_of("B")
    assert read is not None
    with pytest.raises(UserError, match="no DICOM file of the patient"):
        read()
    without = CaseImages(patients=("A", "B"), rules=BY_NUMBER)
    assert without.volume_of("A") is None
    assert without.scan_of("A") is None
    scan = images.scan_of("B")
    assert scan is not None
    with pytest.raises(UserError, match="no CT series"):
        scan()
    assert not without
    assert without.sources == ()
    assert without.notes == ("no images: the clinical table alone",)
    strangers = sort_images((make_series("CT", 1, patient="Z"),), ("A", "B"), BY_NUMBER)
    assert strangers.volume_of("A") is None
    assert "1 more patient has DICOM series" in strangers.notes[1]


def test_images_that_are_asked_for_must_be_there(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id\nA\n", encoding="utf-8")
    (tmp_path / "broken.dcm").write_bytes(b"no DICOM")
    for root, requests in ((tmp_path, "auto"), (table, "auto"), (tmp_path, "no")):
        assert not find_case_images(root, ("A",), ANY, use=requests, collection="a cohort")
    for root in (tmp_path, table):
        with pytest.raises(UserError, match="no images of a cohort under"):
            find_case_images(root, ("A",), ANY, use="yes", collection="a cohort")
