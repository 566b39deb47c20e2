"""RTSTRUCT: contours become the voxels whose centers they enclose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions import region_from_rtstruct


def _square(image: sitk.Image, first: float, last: float, z: float) -> list[tuple[float, ...]]:
    """A square of voxel indices as a contour in mm."""
    corners = [(first, first, z), (last, first, z), (last, last, z), (first, last, z)]
    return [image.TransformContinuousIndexToPhysicalPoint(corner) for corner in corners]


def _filled(region) -> np.ndarray:
    return sitk.GetArrayFromImage(region.mask)


def _expected(*parts: tuple[int, slice], without: tuple[int, slice] | None = None) -> np.ndarray:
    expected = np.zeros((6, 10, 12), dtype=np.uint8)
    for z, side in parts:
        expected[z, side, side] = 1
    if without is not None:
        expected[without[0], without[1], without[1]] = 0
    return expected


def test_the_real_phantom_has_the_centers_that_its_contours_enclose(shared_data: Path) -> None:
    folder = shared_data / "dicom" / "rtstruct"
    image = sitk.ReadImage([str(folder / "ct_1.dcm"), str(folder / "ct_2.dcm")])
    mask = _filled(region_from_rtstruct(folder / "rt.dcm", image, "roi-*"))
    contours = pydicom.dcmread(folder / "rt.dcm").ROIContourSequence[0].ContourSequence
    corners = [np.reshape(np.array(c.ContourData, dtype=float), (-1, 3))[:, :2] for c in contours]
    rows, columns = np.mgrid[:512, :512]
    x, y = (image.GetOrigin()[i] + image.GetSpacing()[i] * (columns, rows)[i] for i in (0, 1))
    # Every edge that a ray from a center to the left crosses turns it inside out.
    inside = np.zeros((512, 512), dtype=bool)
    for polygon in corners:
        for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            if y0 != y1:
                crossed = (y0 <= y) != (y1 <= y)
                inside ^= crossed & (x0 + (y - y0) / (y1 - y0) * (x1 - x0) < x)
    np.testing.assert_array_equal(mask[0], inside)
    assert inside.sum() == 1443
    assert not mask[1].any()


@pytest.mark.parametrize("grid", ["image", "tilted"])
def test_an_outline_within_another_is_a_hole(grid, request, write_rtstruct) -> None:
    image = request.getfixturevalue(grid)
    outer, inner = _square(image, 1.5, 8.5, 2), _square(image, 3.5, 6.5, 2)
    region = region_from_rtstruct(write_rtstruct({"GTV": [outer, inner]}), image)
    hole = (2, slice(4, 7))
    np.testing.assert_array_equal(_filled(region), _expected((2, slice(2, 9)), without=hole))
    assert region.note == "ROI 1 'GTV' of 1: 2 contours, 40 voxels"


def test_centers_on_the_outline_belong_on_every_side(image, write_rtstruct) -> None:
    region = region_from_rtstruct(write_rtstruct({"a": [_square(image, 2, 5, 1)]}), image)
    np.testing.assert_array_equal(_filled(region), _expected((1, slice(2, 6))))


def test_contours_on_every_third_slice_fill_those_between(image, write_rtstruct) -> None:
    contours = [_square(image, 1.5, 4.5, 1), _square(image, 2.5, 7.5, 4)]
    region = region_from_rtstruct(write_rtstruct({"a": contours}), image)
    small, large = slice(2, 5), slice(3, 8)
    expected = _expected(*((z, small) for z in (0, 1, 2)), *((z, large) for z in (3, 4, 5)))
    np.testing.assert_array_equal(_filled(region), expected)
    assert "contours lie 3 slices apart" in region.warnings[0]


def test_finer_contours_do_not_cancel_each_other(image, write_rtstruct) -> None:
    contours = [_square(image, 1.5, 4.5, z) for z in (1.6, 2.0, 2.4)]
    region = region_from_rtstruct(write_rtstruct({"a": contours}), image)
    np.testing.assert_array_equal(_filled(region), _expected((2, slice(2, 5))))
    assert "2 planes of contours are not the nearest of any slice" in region.warnings[1]


def test_contours_between_slices_move_to_one_slice_each(image, write_rtstruct) -> None:
    contours = [_square(image, 1.5, 4.5, z) for z in (1.5, 2.5, 3.5)]
    region = region_from_rtstruct(write_rtstruct({"a": contours}), image)
    np.testing.assert_array_equal(
        _filled(region), _expected(*((z, slice(2, 5)) for z in (2, 3, 4)))
    )
    assert "contours lie between slices" in region.warnings[0]


def test_a_slice_left_out_is_said_and_stays_empty(image, write_rtstruct) -> None:
    contours = [_square(image, 1.5, 4.5, z) for z in (0, 1, 3)]
    region = region_from_rtstruct(write_rtstruct({"a": contours}), image)
    np.testing.assert_array_equal(
        _filled(region), _expected(*((z, slice(2, 5)) for z in (0, 1, 3)))
    )
    assert region.warnings == ("slices between contours are empty: 1 slice",)


def test_contours_outside_the_image_are_counted(image, write_rtstruct) -> None:
    contours = [_square(image, 1.5, 4.5, z) for z in (4, 5, 6, 7)]
    with pytest.raises(UserError, match="extend beyond the image.*got 2 of 4"):
        region_from_rtstruct(write_rtstruct({"a": contours}), image)


def test_contours_across_the_slices_are_refused(image, tilted, write_rtstruct) -> None:
    path = write_rtstruct({"a": [_square(image, 1.5, 8.5, 2)]})
    with pytest.raises(UserError, match="not parallel to the image's slices"):
        region_from_rtstruct(path, tilted)


@pytest.mark.parametrize("kind", ["POINT", "OPEN_PLANAR"])
def test_only_closed_contours_enclose_anything(image, write_rtstruct, kind: str) -> None:
    path = write_rtstruct({"a": [_square(image, 1.5, 4.5, 2)]}, kind=kind)
    with pytest.raises(UserError, match=f"CLOSED_PLANAR alone, got 1 of 1 are {kind}"):
        region_from_rtstruct(path, image)


def test_an_exact_name_wins_over_one_that_only_matches(image, write_rtstruct) -> None:
    rois = {"gtv-1": [_square(image, 1, 3, 1)], "GTV-1": [_square(image, 4, 6, 2)], "empty": []}
    path = write_rtstruct(rois)
    assert region_from_rtstruct(path, image, "GTV-1").note.startswith("ROI 2 'GTV-1' of 3")
    with pytest.raises(UserError, match="2 ROIs match 'gtv\\*'"):
        region_from_rtstruct(path, image, "gtv*")
    with pytest.raises(UserError, match="the ROI has no contours .*ROI 3 'empty'"):
        region_from_rtstruct(path, image, "empty")


def test_a_contour_stored_twice_counts_once(image, write_rtstruct) -> None:
    contours = [_square(image, 1.5, 4.5, z) for z in (1, 2, 3)]
    again = [contours[1][2], contours[1][1], contours[1][0], contours[1][3]]  # turned, reversed
    region = region_from_rtstruct(write_rtstruct({"a": [*contours, again]}), image)
    np.testing.assert_array_equal(
        _filled(region), _expected(*((z, slice(2, 5)) for z in (1, 2, 3)))
    )
    assert region.warnings == ("contours that are stored twice count once: 1 contour",)


@pytest.mark.parametrize("kind", ["CLOSED_PLANAR", "POINT"])
def test_points_beside_contours_are_left_out(image, write_rtstruct, kind: str) -> None:
    square = _square(image, 1.5, 4.5, 2)

    def point(dataset: pydicom.Dataset) -> None:
        dataset.ROIContourSequence[0].ContourSequence[1].ContourGeometricType = kind

    path = write_rtstruct({"a": [square, square[:1]]}, change=point)
    region = region_from_rtstruct(path, image)
    np.testing.assert_array_equal(_filled(region), _expected((2, slice(2, 5))))
    assert region.warnings == ("contours that enclose nothing are left out: 1 contour",)
    with pytest.raises(UserError, match="no contour that encloses anything .*at least 3 points"):
        region_from_rtstruct(write_rtstruct({"a": [square[:2]]}), image)


def test_rois_without_contours_do_not_compete(image, write_rtstruct) -> None:
    path = write_rtstruct({"empty": [], "GTV": [_square(image, 1.5, 4.5, 2)], "void": []})
    assert region_from_rtstruct(path, image).note.startswith("ROI 2 'GTV' of 3")
