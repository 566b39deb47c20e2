"""Choice of the series that marks the tumor; series that are left out; ambiguous cases."""

from __future__ import annotations

import pytest
from sample_series import ALGORITHM, CONTOURS, CT, SEG, make_series

from lnmbench import UserError
from lnmbench.imaging.dicom_series import Series
from lnmbench.imaging.tumor_source import AnnotationKind, AnnotationRules, choose_annotation

CONTOURS_FIRST = AnnotationRules(
    kinds=(
        AnnotationKind(modalities=("RTSTRUCT",), name="GTV-1"),
        AnnotationKind(modalities=("SEG",), name="tumor"),
    )
)
BY_NUMBER = AnnotationRules(
    kinds=(AnnotationKind(modalities=("SEG",), number=1000),), never={300: "by an algorithm"}
)
ANY = AnnotationRules(kinds=(AnnotationKind(),), then="choose one")


def test_the_first_kind_that_a_patient_has_is_taken_with_its_name_of_the_region() -> None:
    both = choose_annotation((CT, SEG, CONTOURS), CONTOURS_FIRST)
    assert (both.series, both.path, both.name) == (CONTOURS, CONTOURS.files[0], "GTV-1")
    assert both.left_out == ("left out: SEG series 1000",)
    alone = choose_annotation((CT, SEG), CONTOURS_FIRST)
    assert (alone.series, alone.name, alone.left_out) == (SEG, "tumor", ())


def test_a_series_that_is_never_used_is_left_out_with_its_reason() -> None:
    mark = choose_annotation((ALGORITHM, SEG, CT), BY_NUMBER)
    assert mark.series is SEG
    assert mark.left_out == ("left out: SEG series 300 (by an algorithm)",)
    any_but = AnnotationRules(kinds=(AnnotationKind(),), never={300: "by an algorithm"})
    assert choose_annotation((ALGORITHM, SEG, CT), any_but).series is SEG


@pytest.mark.parametrize(
    ("series", "marking", "message"),
    [
        ((), ANY, "not marked: expected one DICOM SEG or RTSTRUCT, got no DICOM file of the pat"),
        ((CT,), CONTOURS_FIRST, "not marked: expected one DICOM RTSTRUCT or SEG, got 1 series of"),
        ((CT, SEG, CONTOURS), ANY, "more than once: .*got SEG series 1000 .*; choose one"),
        (
            (make_series("SEG", 1000, files=2),),
            BY_NUMBER,
            "more than once: .* series 1000 with 2 files",
        ),
        ((ALGORITHM,), BY_NUMBER, r"SEG series 1000, got SEG series 300 \(by an algorithm\)"),
        (
            (make_series("SEG", None),),
            BY_NUMBER,
            "not marked: .*got SEG without number with 1 file$",
        ),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    series: tuple[Series, ...], marking: AnnotationRules, message: str
) -> None:
    with pytest.raises(UserError, match=f"the tumor is .*{message}"):
        choose_annotation(series, marking)
