"""Polygons on slices."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions.planes import fill_slices

IMAGE = sitk.Image((8, 8, 6), sitk.sitkInt16)


def square(z: float, shift: float = 0.0) -> np.ndarray:
    corners = [(1, 1), (3, 1), (3, 3), (1, 3)]
    return np.array([(x + shift, y, z) for x, y in corners], dtype=float)


def test_each_plane_fills_its_slice() -> None:
    mask, notes = fill_slices([square(2), square(3, shift=3)], IMAGE, "here")
    inside = sitk.GetArrayFromImage(mask)
    assert inside.sum(axis=(1, 2)).tolist() == [0, 0, 9, 9, 0, 0]
    assert inside[3, 1:4, 4:7].all()
    assert notes == []


def test_slices_between_distant_planes_take_the_nearest() -> None:
    mask, notes = fill_slices([square(1), square(4)], IMAGE, "here")
    slices = sitk.GetArrayFromImage(mask).any(axis=(1, 2))
    assert slices.tolist() == [True] * 6
    assert notes == ["contours lie 3 slices apart; the slices between use the nearest contour"]


def test_planes_that_no_slice_takes_are_counted() -> None:
    _, notes = fill_slices([square(z) for z in (2, 2.4, 3)], IMAGE, "here")
    assert notes[-1] == "1 plane of contours is not the nearest of any slice and is left out"


def test_polygons_beyond_the_image_are_refused() -> None:
    with pytest.raises(UserError, match="extend beyond the image .here.: got 1 of 2"):
        fill_slices([square(2), square(2, shift=6)], IMAGE, "here")
