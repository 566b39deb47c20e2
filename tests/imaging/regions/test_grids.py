"""Masks on the grid of the image."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions.grids import (
    count_voxels,
    indices,
    mask_like,
    place_mask,
    refuse_large_region,
    refuse_voxels_outside,
)


def blob(image: sitk.Image) -> sitk.Image:
    inside = np.zeros(image.GetSize()[::-1], dtype=bool)
    inside[2:4, 3:6, 4:8] = True
    return mask_like(image, inside)


def test_indices_invert_the_position_of_a_voxel(tilted: sitk.Image) -> None:
    corner = np.array([tilted.TransformIndexToPhysicalPoint((3, 2, 1))])
    np.testing.assert_allclose(indices(tilted, corner), [[3, 2, 1]], atol=1e-9)


def test_a_crop_with_flipped_axes_is_copied(image: sitk.Image) -> None:
    mask = blob(image)
    cropped = sitk.Flip(mask[2:10, 1:8, 1:6], (True, False, True))
    placed, warnings = place_mask(cropped, image, where="mask")
    assert warnings == ()
    np.testing.assert_array_equal(sitk.GetArrayFromImage(placed), sitk.GetArrayFromImage(mask))


def test_another_grid_is_resampled_with_a_warning(image: sitk.Image) -> None:
    fine = sitk.Image((24, 20, 6), sitk.sitkUInt8)
    fine.SetSpacing((0.35, 0.35, 5.0))
    fine.SetOrigin(np.subtract(image.GetOrigin(), (0.175, 0.175, 0)).tolist())
    fine[8:16, 6:12, 2:4] = 1
    placed, (warning,) = place_mask(fine, image, where="mask")
    assert count_voxels(placed) == 24
    assert warning.startswith(
        "the mask was resampled from another grid (0.35 × 0.35 × 5 mm to 0.7 × 0.7 × 5 mm)"
    )


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


def moved(mask: sitk.Image, **geometry: object) -> sitk.Image:
    other = sitk.Image(mask)
    for name, value in geometry.items():
        getattr(other, f"Set{name}")(value)
    return other


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        ({"Origin": (-18.6, -30.0, -100.0)}, "the size of the image, but another geometry"),
        ({"Origin": (-19.3, -30.0, -100.0)}, "the size of the image, but another geometry"),
        ({"Spacing": (0.72, 0.72, 5.0)}, "the size of the image, but another geometry"),
        ({"Origin": (0, 0, 0), "Spacing": (1, 1, 1)}, "does not state its position"),
        (
            {"Origin": (-12.3, -23.7, -100.0), "Direction": (-1, 0, 0, 0, -1, 0, 0, 0, 1)},
            "",  # stored from the other end
        ),
        (
            {"Origin": (-20.0, -30.0, -100.0), "Direction": (0, 1, 0, 1, 0, 0, 0, 0, 1)},
            "the size of the image, but another geometry",
        ),
    ],
)
def test_a_mask_of_the_images_size_has_its_geometry(
    image: sitk.Image, geometry: dict[str, object], message: str
) -> None:
    mask = moved(blob(image), **geometry)
    if not message:
        placed, warnings = place_mask(mask, image, where="mask")
        assert warnings == ()
        assert sitk.GetArrayFromImage(placed)[2:4, 4:7, 4:8].all()
        return
    with pytest.raises(UserError, match=message):
        place_mask(mask, image, where="mask")


def test_another_grid_that_reaches_beyond_the_image_is_another_scan(image: sitk.Image) -> None:
    wide = sitk.Image((13, 11, 6), sitk.sitkUInt8)
    wide.SetSpacing((0.9, 0.9, 5.0))
    wide.SetOrigin(image.GetOrigin())
    wide[4:6, 4:6, 2:4] = 1
    with pytest.raises(UserError, match="another grid than the image and reaches beyond it"):
        place_mask(wide, image, where="mask")
    placed, _ = place_mask(wide, image, where="mask", same_space=True)
    assert count_voxels(placed) > 8


def test_a_region_is_not_most_of_the_image(image: sitk.Image) -> None:
    refuse_large_region(blob(image), "mask")
    with pytest.raises(UserError, match="too large for a tumor .mask.: expected at most 50%"):
        refuse_large_region(blob(image) == 0, "mask")
