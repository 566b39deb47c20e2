"""Boxes, spheres and disks hold the voxels whose centers lie in them."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions import (
    region_from_box,
    region_from_point,
    region_from_point_and_slices,
)


def _centers(image: sitk.Image) -> np.ndarray:
    """The LPS mm of every voxel, as an array (z, y, x, 3)."""
    all_values = [
        image.TransformIndexToPhysicalPoint((x, y, z))
        for z, y, x in np.ndindex(image.GetSize()[::-1])
    ]
    return np.reshape(all_values, (*image.GetSize()[::-1], 3))


def _filled(region) -> np.ndarray:
    return sitk.GetArrayFromImage(region.mask) != 0


@pytest.fixture(params=["image", "tilted"])
def grid(request) -> sitk.Image:
    return request.getfixturevalue(request.param)


def test_a_box_lies_along_the_patient_on_any_grid(grid) -> None:
    centers = _centers(grid)
    low, high = centers[3, 5, 6] - (2, 1.5, 6), centers[3, 5, 6] + (2, 1.5, 6)
    expected = ((centers >= low) & (centers <= high)).all(axis=-1)
    corners = (low[0], high[1], low[2]), (high[0], low[1], high[2])
    np.testing.assert_array_equal(_filled(region_from_box(grid, *corners)), expected)
    assert expected.sum() > 20


def test_a_sphere_is_round_in_mm_on_any_grid(grid) -> None:
    centers = _centers(grid)
    point = centers[3, 5, 6] + (0.1, -0.2, 0.9)
    expected = np.linalg.norm(centers - point, axis=-1) <= 5.5
    np.testing.assert_array_equal(_filled(region_from_point(grid, tuple(point), 5.5)), expected)
    assert expected.any(axis=(1, 2)).sum() >= 2


def test_a_point_without_radius_is_its_own_voxel(grid) -> None:
    point = tuple(_centers(grid)[3, 5, 6] + 0.2)
    assert np.argwhere(_filled(region_from_point(grid, point, 0))).tolist() == [[3, 5, 6]]


def test_a_disc_is_on_the_slices_that_are_named(image) -> None:
    point = image.TransformIndexToPhysicalPoint((6, 5, 0))
    filled = _filled(region_from_point_and_slices(image, point, 1.5, 2, 4))
    assert np.flatnonzero(filled.any(axis=(1, 2))).tolist() == [2, 3, 4]
    expected = np.linalg.norm(_centers(image)[3, ..., :2] - point[:2], axis=-1) <= 1.5
    np.testing.assert_array_equal(filled[3], expected)
    single = _filled(region_from_point_and_slices(image, point, 0, 0, 5))
    assert single.sum() == 6
    assert single[:, 5, 6].all()


def test_a_point_that_would_be_inside_as_ras_says_so(image: sitk.Image) -> None:
    x, y, z = image.TransformIndexToPhysicalPoint((6, 5, 3))
    with pytest.raises(UserError, match="other sign of x and y it lies inside.*RAS, say so"):
        region_from_point(image, (-x, -y, z), 2)
    with pytest.raises(UserError, match="give LPS coordinates"):
        region_from_point(image, (x + 1000, y, z), 2)


def test_what_is_cut_at_the_edge_is_said(image) -> None:
    corner = image.TransformIndexToPhysicalPoint((0, 0, 0))
    assert "cut at the edge of the image" in region_from_point(image, corner, 3).note
    assert "cut" not in region_from_box(image, corner, corner).note


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda i: region_from_point(i, (0.0, -30.0, -100.0), 5), "lies outside the image"),
        (lambda i: region_from_point(i, (-20.0, -30.0, -100.0), -1), "radius is not a length"),
        (lambda i: region_from_box(i, (0, 0, 0), (9, 9, 9)), "contains no voxel of the image"),
        (lambda i: region_from_box(i, (-19.9, -29.9, -99), (-19.5, -29.5, -98)), "no voxel"),
        (
            lambda i: region_from_point_and_slices(i, (-20.0, -30.0, 0.0), 5, 4, 6),
            "first and last slice within 0 to 5, got 4 to 6",
        ),
    ],
)
def test_shapes_that_are_not_in_the_image_are_refused(image, draw, message: str) -> None:
    with pytest.raises(UserError, match=message):
        draw(image)
