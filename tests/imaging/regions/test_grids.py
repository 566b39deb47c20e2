"""Masks on the grid of the image."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions.grids import (
    affine,
    count_voxels,
    indices,
    mask_like,
    place_mask,
    refuse_voxels_outside,
)


def blob(image: sitk.Image) -> sitk.Image:
    inside = np.zeros(image.GetSize()[::-1], dtype=bool)
    inside[2:4, 3:6, 4:8] = True
    return mask_like(image, inside)


def test_indices_invert_the_affine(tilted: sitk.Image) -> None:
    corner = (affine(tilted) @ [3, 2, 1, 1])[:3]
    np.testing.assert_allclose(corner, tilted.TransformIndexToPhysicalPoint((3, 2, 1)))
    np.testing.assert_allclose(indices(tilted, corner[None]), [[3, 2, 1]], atol=1e-9)


def test_a_crop_with_flipped_axes_is_copied(image: sitk.Image) -> None:
    mask = blob(image)
    cropped = sitk.Flip(mask[2:10, 1:8, 1:6], (True, False, True))
    placed, note = place_mask(cropped, image, where="mask")
    assert note == ""
    np.testing.assert_array_equal(sitk.GetArrayFromImage(placed), sitk.GetArrayFromImage(mask))


def test_another_grid_is_resampled_with_a_note(image: sitk.Image) -> None:
    fine = sitk.Image((24, 20, 6), sitk.sitkUInt8)
    fine.SetSpacing((0.35, 0.35, 5.0))
    fine.SetOrigin(np.subtract(image.GetOrigin(), (0.175, 0.175, 0)).tolist())
    fine[8:16, 6:12, 2:4] = 1
    placed, note = place_mask(fine, image, where="mask")
    assert count_voxels(placed) == 24
    assert note.startswith("resampled from another grid (0.35 × 0.35 × 5 mm to 0.7 × 0.7 × 5 mm)")


def test_empty_masks_and_voxels_outside_are_refused(image: sitk.Image) -> None:
    with pytest.raises(UserError, match="the region is empty"):
        place_mask(blob(image) * 0, image, where="mask")
    moved = blob(image)
    moved.SetOrigin((900.0, 0.0, 0.0))
    with pytest.raises(UserError, match="the region lies outside the image .*none of its 24"):
        place_mask(moved, image, where="mask")
    refuse_voxels_outside(0, 24, "mask")
    with pytest.raises(UserError, match="a part of the region .*got 3 of 24 voxels outside"):
        refuse_voxels_outside(3, 24, "mask")
