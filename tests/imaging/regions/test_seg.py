"""DICOM SEG: the right segment, on the right voxels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions import region_from_seg


def _array(mask: sitk.Image) -> np.ndarray:
    assert mask.GetPixelID() == sitk.sitkUInt8
    return sitk.GetArrayFromImage(mask)


def _blob(slices: tuple[int, ...] = (2, 3)) -> np.ndarray:
    blob = np.zeros((6, 10, 12), dtype=np.float32)
    for place in slices:
        blob[place, 3 : 5 + place % 2, 4:9] = 1
    return blob


def test_the_real_liver_is_the_reference_mask_voxel_for_voxel(shared_data: Path) -> None:
    folder = shared_data / "dicom" / "liver"
    # 03.dcm is the lowest slice
    image = sitk.ReadImage([str(folder / name) for name in ("03.dcm", "02.dcm", "01.dcm")])
    region = region_from_seg(folder / "liver_seg.dcm", image)
    reference = sitk.GetArrayFromImage(sitk.ReadImage(folder / "liver_seg.nrrd")) != 0
    assert _array(region.mask).sum() == 107098
    np.testing.assert_array_equal(_array(region.mask), reference)
    assert region.note == "segment 1 'Liver' of 1: 107098 voxels"


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_every_type_gives_the_segment_that_is_named(image, write_seg, kind: str) -> None:
    other = np.zeros((6, 10, 12), dtype=np.float32)
    other[5, :2, :2] = 1
    path = write_seg(image, {"Lung": other, "Neoplasm, Primary": _blob()}, kind=kind)
    for name in ("Neoplasm, Primary", "gtv*, NEO*", "2"):
        region = region_from_seg(path, image, name)
        np.testing.assert_array_equal(_array(region.mask), _blob())
        assert region.note.startswith("segment 2 'Neoplasm, Primary' of 2: 25 voxels")


def test_half_a_fraction_belongs_and_less_does_not(image, write_seg) -> None:
    fractions = _blob()
    fractions[2, 3, 4], fractions[2, 3, 5] = 0.49, 0.51
    region = region_from_seg(write_seg(image, {"a": fractions}, kind="FRACTIONAL"), image)
    assert _array(region.mask).sum() == 24
    assert "where its fraction is 0.5 or more" in region.note


def test_a_tilted_image_is_no_obstacle(tilted, write_seg) -> None:
    region = region_from_seg(write_seg(tilted, {"a": _blob()}), tilted)
    np.testing.assert_array_equal(_array(region.mask), _blob())


def test_slices_without_frames_stay_empty(image, write_seg) -> None:
    region = region_from_seg(write_seg(image, {"a": _blob((1, 4))}), image)
    np.testing.assert_array_equal(_array(region.mask), _blob((1, 4)))


def _spacing(value: float | None):
    def change(dataset) -> None:
        measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        measures.SpacingBetweenSlices = 5.0
        if value is None:
            del measures.SpacingBetweenSlices
        else:
            measures.SpacingBetweenSlices = value

    return change


@pytest.mark.parametrize("spacing", [None, 0.0, 3.0, np.inf])
@pytest.mark.parametrize("slices", [(3,), (1, 3), (0, 2, 5)])
def test_frames_of_unknown_distance_fill_no_slice_between(
    image, write_seg, slices, spacing
) -> None:
    path = write_seg(image, {"a": _blob(slices)}, change=_spacing(spacing))
    region = region_from_seg(path, image)
    np.testing.assert_array_equal(_array(region.mask), _blob(slices))
    alone = len(slices) == 1 and spacing == 3.0
    assert ("do not state their distance" in region.note) != alone


def test_finer_frames_of_unknown_distance_are_resampled(image, write_seg) -> None:
    finer = sitk.Image((12, 10, 12), sitk.sitkInt16)
    finer.SetSpacing((0.7, 0.7, 2.5))
    finer.SetOrigin((-20, -30, -101.25))
    path = write_seg(finer, {"a": _blob().repeat(2, axis=0)}, change=_spacing(None))
    region = region_from_seg(path, image)
    np.testing.assert_array_equal(_array(region.mask), _blob())
    assert "(0.7 × 0.7 × 2.5 mm to 0.7 × 0.7 × 5 mm)" in region.warnings[0]


def _bare(dataset) -> None:
    segment = dataset.SegmentSequence[0]
    del segment.SegmentAlgorithmType, segment.SegmentedPropertyCategoryCodeSequence
    segment.SegmentedPropertyTypeCodeSequence = []
    del dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness
    del dataset.DimensionOrganizationSequence


def test_what_does_not_matter_may_be_missing(image, write_seg) -> None:
    region = region_from_seg(write_seg(image, {"a": _blob()}, change=_bare), image)
    np.testing.assert_array_equal(_array(region.mask), _blob())


def test_an_image_whose_slices_run_the_other_way_gets_the_same_voxels(image, write_seg) -> None:
    path = write_seg(image, {"a": _blob()})
    flipped = sitk.Flip(image, [False, True, True])
    np.testing.assert_array_equal(_array(region_from_seg(path, flipped).mask), _blob()[::-1, ::-1])


def test_another_grid_is_resampled_and_said(image, write_seg) -> None:
    path = write_seg(image, {"a": _blob()})
    finer = sitk.Image((24, 20, 12), sitk.sitkInt16)
    finer.SetSpacing((0.35, 0.35, 2.5))
    finer.SetOrigin((-20.175, -30.175, -101.25))
    region = region_from_seg(path, finer)
    expected = np.kron(_blob(), np.ones((2, 2, 2)))
    np.testing.assert_array_equal(_array(region.mask), expected)
    assert "resampled from another grid" in region.warnings[0]
    assert "25 voxels became 200" in region.warnings[0]


def test_several_segments_are_listed_where_none_is_named(image, write_seg) -> None:
    path = write_seg(image, {"GTV-1": _blob(), "GTV-2": _blob()[::-1]}, kind="BINARY")
    with pytest.raises(UserError, match="2 segments, none of them selected.*1 'GTV-1', 2 'GTV-2'"):
        region_from_seg(path, image)
    with pytest.raises(UserError, match="2 segments match 'GTV\\*'"):
        region_from_seg(path, image, "GTV*")
    with pytest.raises(UserError, match="no segment matches 'heart' .*; known: 1 'GTV-1'"):
        region_from_seg(path, image, "heart")


def test_a_segment_partly_outside_the_image_is_refused(image, write_seg) -> None:
    path = write_seg(image, {"a": _blob()})
    with pytest.raises(UserError, match="15 of 25 voxels outside.*slices of the image"):
        region_from_seg(path, image[:, :, :3])
    with pytest.raises(UserError, match="outside the image.*belong together"):
        region_from_seg(path, image[:, :, :2])
