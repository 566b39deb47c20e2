"""Choice of the CT of a tumor, by the headers of the series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.imaging.ct_choice import choose_ct
from lnmbench.imaging.dicom_series import Series


def _series(uid: str, size: int = 10, **facts: object) -> Series:
    known: dict[str, object] = {
        "patient": "p",
        "study": "s",
        "uid": uid,
        "modality": "CT",
        "number": int(uid),
        "description": "",
        "files": (Path(uid),),
        "size": size,
        "frame": "frame",
        "image_type": ("ORIGINAL", "PRIMARY", "AXIAL"),
        "orientation": (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    }
    return Series(**{**known, **facts})  # type: ignore[arg-type]


SCOUT = _series("1", 1, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))
THIN = _series("2", 300)
CORONAL = _series("3", 400, orientation=(1.0, 0.0, 0.0, 0.0, 0.0, -1.0))
MIP = _series("4", 500, image_type=("DERIVED", "SECONDARY", "AXIAL", "MIP"))
DERIVED = _series("5", 350, image_type=("DERIVED", "PRIMARY", "AXIAL"))
THICK = _series("6", 60)
PET = _series("7", 350, modality="PT")


def test_the_axial_series_with_most_slices_is_taken() -> None:
    chosen = choose_ct([PET, SCOUT, CORONAL, MIP, DERIVED, THICK, THIN])
    best, why = chosen.series, chosen.reason
    assert best == THIN
    assert why == (
        "CT: series 2 with 300 slices, the one with most slices of 2; left out: "
        "series 1 (localizer), series 4 (projection), series 3 (not axial), series 5 (derived)"
    )


def test_the_series_that_the_segmentation_references_comes_first() -> None:
    region = _series("9", modality="SEG", references=("6",))
    chosen = choose_ct([THIN, THICK, SCOUT], region)
    best, why = chosen.series, chosen.reason
    assert best == THICK
    assert why == "CT: series 6 with 60 slices, which the segmentation references"


def test_without_the_referenced_series_one_in_its_frame_is_taken() -> None:
    region = _series("9", modality="SEG", references=("77",))
    chosen = choose_ct([THIN, THICK], region)
    best, why = chosen.series, chosen.reason
    assert best == THIN
    assert "the series it references is absent" in why
    assert chosen.warnings == (
        "the CT series that the segmentation references is absent (series 2 of 2 CT series)",
    )
    with pytest.raises(UserError, match="CT series of the segmentation is missing"):
        choose_ct([_series("2", frame="another")], region)


def test_of_several_alike_the_lowest_number_is_taken() -> None:
    chosen = choose_ct([_series("12"), _series("11"), THICK, _series("10", 60)])
    best, why = chosen.series, chosen.reason
    assert best.uid == "6"
    assert "of 2 with as many slices the one with the lowest series number" in why


def test_what_is_unwanted_is_taken_if_nothing_else_is_there() -> None:
    assert choose_ct([DERIVED, SCOUT]).series == DERIVED
    assert choose_ct([CORONAL, SCOUT]).series == CORONAL


@pytest.mark.parametrize(("candidates", "words"), [([PET], "no CT series"), ([SCOUT], "left out")])
def test_nothing_usable_is_said(candidates: list[Series], words: str) -> None:
    with pytest.raises(UserError, match=words):
        choose_ct(candidates)


def test_a_segmentation_of_another_patient_id_is_pointed_out() -> None:
    region = _series("9", modality="SEG", references=("2",), patient="q")
    assert choose_ct([THIN], region).warnings == (
        "the segmentation states another patient ID than its CT (series 2)",
    )
    assert choose_ct([THIN], _series("9", modality="SEG", references=("2",))).warnings == ()


@pytest.mark.parametrize(
    ("candidates", "region", "warned"),
    [
        ([THIN], None, False),
        ([THIN, SCOUT], None, False),
        ([THIN, THICK], None, True),
        ([THIN, THICK], ("6",), False),
        ([THIN, THICK], ("2", "6"), False),
    ],
)
def test_a_choice_by_size_alone_is_pointed_out(
    candidates: list[Series], region: tuple[str, ...] | None, warned: bool
) -> None:
    segmentation = None if region is None else _series("9", modality="SEG", references=region)
    warning = "nothing but its size chose the CT (series 2 of 2 CT series)"
    assert choose_ct(candidates, segmentation).warnings == ((warning,) if warned else ())


def test_a_localizer_within_the_series_is_set_aside_and_named() -> None:
    within = replace(SCOUT, uid="2", number=2)
    for region in (None, _series("9", modality="SEG", references=("2",))):
        chosen = choose_ct([within, THIN], region)
        assert chosen.series == THIN
        assert "left out: series 2 (localizer)" in chosen.reason
        assert chosen.warnings == (
            "left out of the CT series (series 2): 1 localizer or image of another plane",
        )


def test_joined_images_are_known_by_each_of_their_series() -> None:
    joined = _series("3", 40, joined_uids=("3", "4", "5"))
    chosen = choose_ct([joined, THIN], _series("9", modality="SEG", references=("5",)))
    assert chosen.series == joined
    assert chosen.warnings == ("joined images that have a series of their own each (40 images)",)


def test_a_message_does_not_grow_with_the_number_of_series() -> None:
    single = [_series(str(number), 1) for number in range(500)]
    with pytest.raises(UserError, match=r"left out 500 series \(one image\)$"):
        choose_ct(single)
    assert choose_ct([*single, replace(THIN, uid="777")]).reason.endswith(
        "left out: 500 series (one image)"
    )
