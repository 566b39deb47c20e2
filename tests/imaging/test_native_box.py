"""Native boxes: voxels without resampling, at positions computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError, Volume
from lnmbench.imaging.native_box import cut_box

SPACING = (0.8, 0.8, 2.5)


def make_volume(spacing: tuple[float, float, float] = SPACING) -> Volume:
    """30 × 40 × 50 voxels (z, y, x); each HU is the voxel's number, the tumor 4 × 3 × 2."""
    hu = np.arange(30 * 40 * 50, dtype=np.int32).reshape(30, 40, 50)
    marked = np.zeros(hu.shape, np.uint8)
    marked[10:14, 20:23, 30:32] = 7
    image, mask = sitk.GetImageFromArray(hu % 30000), sitk.GetImageFromArray(marked)
    for grid in (image, mask):
        grid.SetSpacing(spacing)
        grid.SetOrigin((-12.5, 31.0, -204.75))
    return Volume(image=image, mask=mask)


def test_the_box_reaches_the_margin_on_each_side() -> None:
    volume = make_volume()
    box = cut_box(volume, 8.0)
    hu = sitk.GetArrayFromImage(volume.image)
    # centers z 11.5, y 21, x 30.5; 8 mm are 3.2 slices and 10 pixels; one more on each side
    expected = hu[7:17, 10:33, 19:43]
    np.testing.assert_array_equal(box.hu, expected)
    np.testing.assert_array_equal(
        box.mask, sitk.GetArrayFromImage(volume.mask)[7:17, 10:33, 19:43] > 0
    )
    assert box.spacing_mm == SPACING
    assert box.center == (30.5 - 19, 21.0 - 10, 11.5 - 7)
    assert (box.hu.dtype, box.mask.dtype, box.mask.max()) == (np.int16, np.uint8, 1)


def test_the_box_has_the_whole_tumor_and_ends_with_the_scan() -> None:
    volume = make_volume()
    assert cut_box(volume, 0.1).hu.shape == (4 + 2, 3 + 2, 2 + 2)
    whole = cut_box(volume, 1000.0)
    np.testing.assert_array_equal(whole.hu, sitk.GetArrayFromImage(volume.image))
    assert whole.center == (30.5, 21.0, 11.5)


@pytest.mark.parametrize("orientation", ["RAS", "LAI", "PSL", "SRA"])
def test_other_orientations_give_the_same_box(orientation: str) -> None:
    volume, expected = make_volume(), cut_box(make_volume(), 12.0)
    turned = Volume(
        image=sitk.DICOMOrient(volume.image, orientation),
        mask=sitk.DICOMOrient(volume.mask, orientation),
    )
    box = cut_box(turned, 12.0)
    np.testing.assert_array_equal(box.hu, expected.hu)
    np.testing.assert_array_equal(box.mask, expected.mask)
    assert box.spacing_mm == pytest.approx(expected.spacing_mm)
    assert box.center == expected.center


def test_an_empty_mask_and_another_grid_are_refused() -> None:
    volume = make_volume()
    with pytest.raises(UserError, match="the tumor mask is empty"):
        cut_box(Volume(image=volume.image, mask=volume.mask * 0), 8.0)
    moved = make_volume().mask
    moved.SetOrigin((0.0, 0.0, 0.0))
    with pytest.raises(UserError, match="differ in origin"):
        cut_box(Volume(image=volume.image, mask=moved), 8.0)
