"""Patches of a real CT agree with TorchIO's geometry and with interpolation by scipy.

Linear interpolation is one formula, so HU may differ by rounding to whole numbers alone: half a
unit, and a hundredth for float32. TorchIO resamples onto the points of our lattice, and onto a
lattice of its own, laid about the center of the volume; there the tumor is compared in mm.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
import torchio as tio
from scipy.ndimage import map_coordinates

from lnmbench import Volume
from lnmbench.imaging.geometry import Patches, to_patches
from lnmbench.records import Preprocessing

PAPER = Preprocessing()
ROUNDING_HU = 0.51
TURNED = sitk.Euler3DTransform((0.0, 0.0, 0.0), 0.1, -0.15, 0.2).GetMatrix()


@pytest.fixture(scope="module")
def ct(shared_data: Path) -> Volume:
    """The tumor's surroundings, a little more than a patch, which makes the tests fast."""
    image = sitk.ReadImage(shared_data / "ct" / "lung1_image.nrrd", sitk.sitkFloat32)
    mask = sitk.ReadImage(shared_data / "ct" / "lung1_label.nrrd", sitk.sitkUInt8)
    around = (slice(60, 380), slice(205, 512), slice(27, 40))
    return Volume(image=image[around], mask=mask[around] != 0)


def _first_point(volume: Volume) -> np.ndarray:
    """Return the patch's first point in mm along x, y, z of the oriented volume: the rule."""
    inside = np.argwhere(sitk.GetArrayFromImage(volume.mask))[:, ::-1]
    spacing = np.array(volume.image.GetSpacing())
    steps = (inside.min(0) + inside.max(0)) / 2 * spacing / PAPER.spacing_mm
    first = np.floor(steps - (PAPER.patch - 1) / 2 + 0.5 + 1e-3) * PAPER.spacing_mm
    first[2] = np.rint(inside.min(0)[2] * spacing[2] / PAPER.spacing_mm[2]) * PAPER.spacing_mm[2]
    return first


def _lattice(volume: Volume, slices: int) -> sitk.Image:
    grid = sitk.Image((PAPER.patch, PAPER.patch, slices), sitk.sitkUInt8)
    grid.SetSpacing(PAPER.spacing_mm)
    grid.SetDirection(volume.image.GetDirection())
    direction = np.reshape(volume.image.GetDirection(), (3, 3))
    grid.SetOrigin((volume.image.GetOrigin() + direction @ _first_point(volume)).tolist())
    return grid


def _within(grid: sitk.Image, image: sitk.Image) -> np.ndarray:
    """Return which points of the grid lie between voxels of the image, (z, y, x)."""
    ones = image * 0 + 1
    inside = sitk.Resample(ones, grid, sitk.Transform(), sitk.sitkLinear, 0)
    return sitk.GetArrayFromImage(inside) > 0.999


def _by_torchio(volume: Volume, target: sitk.Image | tuple[float, ...]) -> tio.Subject:
    subject = tio.Subject(
        ct=tio.ScalarImage.from_sitk(volume.image), tumor=tio.LabelMap.from_sitk(volume.mask)
    )
    if isinstance(target, sitk.Image):
        subject.add_image(tio.LabelMap.from_sitk(target), "grid")
        return tio.Resample("grid")(subject)
    return tio.Resample(target)(tio.ToOrientation("LPS")(subject))


def _array(image: tio.Image) -> np.ndarray:
    return image.numpy()[0].transpose(2, 1, 0)


def _turned(volume: Volume, direction: tuple[float, ...]) -> Volume:
    image, mask = sitk.Image(volume.image), sitk.Image(volume.mask)
    for grid in (image, mask):
        grid.SetDirection(direction)
    return Volume(image=image, mask=mask)


def _same(a: Patches, b: Patches) -> None:
    np.testing.assert_array_equal(a.slices, b.slices)
    np.testing.assert_array_equal(a.masks, b.masks)


@pytest.mark.parametrize("oblique", [False, True])
def test_torchio_gives_the_same_hu_on_the_same_points(ct: Volume, oblique: bool) -> None:
    volume = _turned(ct, TURNED) if oblique else ct
    patches = to_patches(volume, PAPER)
    grid = _lattice(volume, 3)
    subject = _by_torchio(volume, grid)
    inside = _within(grid, volume.image)
    assert inside.mean() > 0.95
    apart = np.abs(_array(subject["ct"]) - patches.slices)[inside]
    assert apart.max() <= ROUNDING_HU
    np.testing.assert_array_equal(_array(subject["tumor"]), patches.masks)


def test_scipy_interpolates_to_the_same_hu(ct: Volume) -> None:
    patches = to_patches(ct, PAPER)
    grid = _lattice(ct, 3)
    steps = np.indices(patches.slices.shape)[::-1].reshape(3, -1).T * PAPER.spacing_mm
    voxels = (_first_point(ct) + steps) / ct.image.GetSpacing()
    hu = sitk.GetArrayFromImage(ct.image).astype(np.float64)
    expected = map_coordinates(hu, voxels.T[::-1], order=1, cval=-1024)
    apart = np.abs(expected.reshape(patches.slices.shape) - patches.slices)
    assert apart[_within(grid, ct.image)].max() <= ROUNDING_HU


def test_torchio_finds_the_tumor_at_the_same_place_on_its_own_lattice(ct: Volume) -> None:
    patches = to_patches(ct, PAPER)
    subject = _by_torchio(ct, PAPER.spacing_mm)
    found = _array(subject["tumor"])
    voxel_mm3 = float(np.prod(PAPER.spacing_mm))
    true_mm3 = 837 * float(np.prod(ct.image.GetSpacing()))
    assert int(patches.masks.sum()) * voxel_mm3 == pytest.approx(true_mm3, rel=0.01)
    assert int(found.sum()) == pytest.approx(int(patches.masks.sum()), rel=0.01)
    ours = _first_point(ct) + np.argwhere(patches.masks)[:, ::-1].mean(0) * PAPER.spacing_mm
    theirs = subject["tumor"].affine @ [*np.argwhere(found)[:, ::-1].mean(0), 1]
    expected = np.diag([-1, -1, 1]) @ (ct.image.GetOrigin() + ours)
    np.testing.assert_allclose(theirs[:3], expected, atol=0.1)


@pytest.mark.parametrize("orientation", ["RAI", "PIR", "ASL"])
@pytest.mark.parametrize("oblique", [False, True])
def test_flipped_permuted_and_oblique_inputs_land_in_the_same_patch(
    ct: Volume, orientation: str, oblique: bool
) -> None:
    straight = _turned(ct, TURNED) if oblique else ct
    other = Volume(
        image=sitk.DICOMOrient(straight.image, orientation),
        mask=sitk.DICOMOrient(straight.mask, orientation),
    )
    _same(to_patches(other, PAPER), to_patches(ct, PAPER))


@pytest.mark.parametrize("spacing", [(0.35, 0.7, 5.0), (0.3, 0.45, 5 / 3)])
def test_the_same_scan_on_other_voxels_lands_in_the_same_patch(
    ct: Volume, spacing: tuple[float, float, float]
) -> None:
    expected = to_patches(ct, PAPER)
    other = _resampled(ct, spacing)
    got = to_patches(other, PAPER)
    # The borders of the tumor move by less than a voxel, and the patch with them.
    moved = (_first_point(other) - _first_point(ct)) / PAPER.spacing_mm
    x, y, z = (int(step) for step in np.rint(moved))
    np.testing.assert_allclose(moved, (x, y, z), atol=1e-6)
    assert (abs(x) <= 1, abs(y) <= 1, z) == (True, True, 0)
    assert got.slices.shape == expected.slices.shape
    apart = np.abs(np.roll(got.slices.astype(int), (y, x), axis=(1, 2)) - expected.slices)
    assert apart[:, 1:-1, 1:-1].mean() < 2
    assert int(got.masks.sum()) == pytest.approx(int(expected.masks.sum()), rel=0.05)


def _resampled(volume: Volume, spacing: tuple[float, float, float]) -> Volume:
    """Return the scan on finer or anisotropic voxels that begin at the same point."""
    extent = (np.array(volume.image.GetSize()) - 1) * volume.image.GetSpacing()
    grid = sitk.Image([int(n + 1e-9) + 1 for n in extent / spacing], sitk.sitkUInt8)
    grid.SetSpacing(spacing)
    grid.SetOrigin(volume.image.GetOrigin())
    return Volume(
        image=sitk.Resample(volume.image, grid, sitk.Transform(), sitk.sitkLinear, -1024),
        mask=sitk.Resample(volume.mask, grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0),
    )
