"""Slices of whole scans, at positions computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import Volume
from lnmbench.imaging.whole_scan import empty_mask, to_whole_slices
from lnmbench.records import Preprocessing

GRID = Preprocessing(spacing_mm=(2.0, 2.0, 5.0), patch=32, region="none", slices=6)


def make_volume(spacing: tuple[float, float, float] = (1.0, 1.0, 2.5)) -> Volume:
    """40 slices of 100 × 120 pixels: a body at x 20–59, y 40–89 with lungs, and a table."""
    hu = np.full((40, 100, 120), -1000, np.int16)
    hu[:, 40:90, 20:60] = 30
    hu[:, 50:70, 30:50] = -850
    hu += np.arange(40, dtype=np.int16)[:, None, None]  # the number of the slice
    hu[:, 97:98, 5:110] = 200
    image = sitk.GetImageFromArray(hu)
    image.SetSpacing(spacing)
    image.SetOrigin((-12.5, 31.0, -204.75))
    return Volume(image=image, mask=empty_mask(image))


def test_slices_are_evenly_spaced_and_around_the_body() -> None:
    patches = to_whole_slices(make_volume(), GRID)
    assert patches.slices.shape == (6, 32, 32)
    assert patches.slices.dtype == np.int16
    assert not patches.masks.any()
    # 39 · 2.5 mm cover the lattice points 0 to 19; every second slice of the scan lies on one
    numbers = np.rint(np.linspace(0, 19, 6)) * 2
    np.testing.assert_array_equal(patches.slices[:, 16, 8], 30 + numbers)
    # the body is 40 × 50 mm around (39.5, 64.5), within 5 mm of the center of the patch
    body = patches.slices[0] > -500
    rows, columns = np.flatnonzero(body.any(1)), np.flatnonzero(body.any(0))
    assert (len(rows), len(columns)) == (25, 20)
    assert abs((rows[0] + rows[-1]) / 2 - 15.5) <= 2.5
    assert abs((columns[0] + columns[-1]) / 2 - 15.5) <= 2.5


def test_values_are_those_of_a_resampled_volume() -> None:
    volume = make_volume()
    patches = to_whole_slices(volume, GRID)
    size = (60, 50, 20)
    whole = sitk.Resample(
        volume.image,
        size,
        sitk.Transform(),
        sitk.sitkLinear,
        volume.image.GetOrigin(),
        GRID.spacing_mm,
        volume.image.GetDirection(),
        -1024.0,
        sitk.sitkFloat32,
    )
    hu = np.rint(sitk.GetArrayFromImage(whole)).astype(np.int16)
    numbers = np.rint(np.linspace(0, 19, 6)).astype(int)
    found = [
        (y, x)
        for y in range(50 - 32 + 1)
        for x in range(60 - 32 + 1)
        if np.array_equal(hu[numbers, y : y + 32, x : x + 32], patches.slices)
    ]
    assert len(found) == 1


def test_a_short_scan_has_all_of_its_slices_once() -> None:
    patches = to_whole_slices(make_volume(spacing=(1.0, 1.0, 0.5)), GRID)
    assert len(patches.slices) == 4  # at 0, 5, 10 and 15 mm of 19.5 mm
    assert patches.slices[:, 16, 16].tolist() == sorted(set(patches.slices[:, 16, 16].tolist()))


@pytest.mark.parametrize("orientation", ["RAS", "LAI", "PSL", "SRA"])
def test_other_orientations_show_the_same(orientation: str) -> None:
    volume, expected = make_volume(), to_whole_slices(make_volume(), GRID)
    image = sitk.DICOMOrient(volume.image, orientation)
    turned = to_whole_slices(Volume(image=image, mask=empty_mask(image)), GRID)
    np.testing.assert_array_equal(turned.slices, expected.slices)


def test_a_scan_without_a_body_is_cropped_around_its_center() -> None:
    image = sitk.GetImageFromArray(np.full((8, 64, 64), -1000, np.int16))
    patches = to_whole_slices(
        Volume(image=image, mask=empty_mask(image)),
        Preprocessing(spacing_mm=(1.0, 1.0, 1.0), patch=64, region="none", slices=4),
    )
    assert (patches.slices == -1000).all()
    assert patches.slices.shape == (4, 64, 64)


def test_the_mask_of_the_tumor_is_not_used() -> None:
    volume, mask = make_volume(), np.zeros((40, 100, 120), np.uint8)
    mask[3, 5, 5] = 1
    marked = sitk.GetImageFromArray(mask)
    marked.CopyInformation(volume.image)
    patches = to_whole_slices(Volume(image=volume.image, mask=marked), GRID)
    np.testing.assert_array_equal(patches.slices, to_whole_slices(volume, GRID).slices)
    assert not patches.masks.any()
