"""Patches agree with a plain resampling of the whole volume, with TorchIO and with scipy.

Linear interpolation is one formula, so HU of scipy and TorchIO may differ only by rounding to whole
numbers: half a unit, and a hundredth for float32. TorchIO resamples onto the points of our lattice,
and onto its own lattice about the center of the volume; there the tumor is compared in mm.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
import torchio as tio
from scipy.ndimage import map_coordinates

from lnmbench import UserError, Volume
from lnmbench.imaging.geometry import Patches, to_patches, window
from lnmbench.records import Preprocessing

PAPER = Preprocessing()
ROUNDING_HU = 0.51
TURNED = sitk.Euler3DTransform((0.0, 0.0, 0.0), 0.1, -0.15, 0.2).GetMatrix()
SMALL = Preprocessing(spacing_mm=(0.7, 0.7, 5.0), patch=32)


def _volume(
    hu: np.ndarray,
    tumor: tuple[slice, slice, slice],
    spacing: tuple[float, float, float] = (0.7, 0.7, 5.0),
) -> Volume:
    marked = np.zeros(hu.shape, dtype=np.uint8)
    marked[tumor] = 1
    image, mask = sitk.GetImageFromArray(hu), sitk.GetImageFromArray(marked)
    for grid in (image, mask):
        grid.SetSpacing(spacing)
        grid.SetOrigin((-12.5, 31.0, -204.75))
    return Volume(image=image, mask=mask)


def _noise(shape: tuple[int, int, int]) -> np.ndarray:
    return np.random.default_rng(7).integers(-1000, 400, shape).astype(np.int16)


def _everything_resampled(volume: Volume, preprocessing: Preprocessing) -> Patches:
    """The whole volume resampled, then padded with air and cut: the slow way, written plainly."""
    size = [
        int(np.floor((n - 0.5) * have / want)) + 1
        for n, have, want in zip(
            volume.image.GetSize(),
            volume.image.GetSpacing(),
            preprocessing.spacing_mm,
            strict=True,
        )
    ]
    grid = sitk.Image(size, sitk.sitkUInt8)
    grid.SetSpacing(preprocessing.spacing_mm)
    grid.SetOrigin(volume.image.GetOrigin())
    grid.SetDirection(volume.image.GetDirection())
    real = sitk.Cast(volume.image, sitk.sitkFloat32)
    hu = sitk.GetArrayFromImage(sitk.Resample(real, grid, sitk.Transform(), sitk.sitkLinear, -1024))
    mask = sitk.GetArrayFromImage(
        sitk.Resample(volume.mask, grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    )
    _, rows, columns = np.nonzero(sitk.GetArrayFromImage(volume.mask))
    step = np.array(volume.image.GetSpacing()[:2]) / preprocessing.spacing_mm[:2]
    middle = np.array([columns.min() + columns.max(), rows.min() + rows.max()]) / 2 * step
    x, y = np.floor(middle - (preprocessing.patch - 1) / 2 + 0.5).astype(int)
    wide, side = preprocessing.patch, slice(None)
    remaining = mask.any(axis=(1, 2))
    pad = ((0, 0), (wide, wide), (wide, wide))
    cut = (side, slice(y + wide, y + 2 * wide), slice(x + wide, x + 2 * wide))
    return Patches(
        slices=np.rint(np.pad(hu[remaining], pad, constant_values=-1024)[cut]).astype(np.int16),
        masks=np.pad(mask[remaining], pad)[cut],
    )


@pytest.fixture(scope="module")
def real_ct(shared_data: Path) -> Volume:
    folder = shared_data / "ct"
    return Volume(
        image=sitk.ReadImage(folder / "lung1_image.nrrd"),
        mask=sitk.ReadImage(folder / "lung1_label.nrrd"),
    )


def test_a_real_ct_gives_what_resampling_all_of_it_gives(real_ct: Volume) -> None:
    patches = to_patches(real_ct, Preprocessing())
    oracle = _everything_resampled(real_ct, Preprocessing())
    assert patches.slices.shape == patches.masks.shape == (3, 224, 224)
    assert (patches.slices.dtype, patches.masks.dtype) == (np.int16, np.uint8)
    np.testing.assert_array_equal(patches.slices, oracle.slices)
    np.testing.assert_array_equal(patches.masks, oracle.masks)
    volume_mm3 = patches.masks.sum() * 0.7 * 0.7 * 5.0
    assert volume_mm3 == pytest.approx(837 * 0.5703125**2 * 5.0, rel=0.02)


@pytest.mark.parametrize("spacing", [(0.7, 0.7, 5.0), (1.4, 0.9, 2.5), (0.61, 0.83, 3.75)])
def test_any_spacing_gives_what_resampling_everything_gives(
    spacing: tuple[float, float, float],
) -> None:
    volume = _volume(
        _noise((12, 90, 80)), (slice(3, 8), slice(30, 41), slice(5, 13)), spacing=spacing
    )
    patches, oracle = to_patches(volume, SMALL), _everything_resampled(volume, SMALL)
    np.testing.assert_array_equal(patches.slices, oracle.slices)
    np.testing.assert_array_equal(patches.masks, oracle.masks)


@pytest.mark.parametrize("orientation", ["RAI", "LPI", "PIR", "SAL"])
def test_flipped_and_permuted_volumes_land_in_the_same_patch(orientation: str) -> None:
    straight = _volume(_noise((10, 60, 70)), (slice(2, 6), slice(20, 29), slice(31, 44)))
    turned = Volume(
        image=sitk.DICOMOrient(straight.image, orientation),
        mask=sitk.DICOMOrient(straight.mask, orientation),
    )
    expected, got = to_patches(straight, SMALL), to_patches(turned, SMALL)
    np.testing.assert_array_equal(got.slices, expected.slices)
    np.testing.assert_array_equal(got.masks, expected.masks)


def test_a_tumor_at_the_border_is_padded_with_air() -> None:
    volume = _volume(np.full((4, 40, 40), 55, dtype=np.int16), (slice(0, 4), slice(0, 6), slice(2)))
    patches = to_patches(volume, SMALL)
    assert patches.slices.shape == (4, 32, 32)
    # Center of the box at column 0.5, row 2.5: 15 and 13 points of air before the image begins.
    assert (patches.slices[:, :, :15] == -1024).all()
    assert (patches.slices[:, :13, :] == -1024).all()
    assert (patches.slices[:, 13:, 15:] == 55).all()
    assert patches.masks[0, 13:19, 15:17].all()
    assert patches.masks.sum() == 4 * 12


def test_the_tumor_is_in_the_middle_and_only_its_slices_are_kept() -> None:
    volume = _volume(_noise((9, 80, 80)), (slice(4, 7), slice(20, 40), slice(50, 60)))
    patches = to_patches(volume, SMALL)
    rows, columns = np.nonzero(patches.masks.any(axis=0))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (6, 25, 11, 20)
    hu = sitk.GetArrayFromImage(volume.image)
    np.testing.assert_array_equal(patches.slices, hu[4:7, 14:46, 39:71])


def test_a_spacing_that_a_writer_rounded_does_not_move_the_patch() -> None:
    position = (slice(4, 7), slice(21, 40), slice(51, 60))
    volumes = [
        _volume(_noise((9, 80, 80)), position, spacing=(0.7 + off, 0.7 - off, 5.0))
        for off in (0, 3e-8)
    ]
    expected, got = (to_patches(volume, SMALL) for volume in volumes)
    np.testing.assert_array_equal(got.masks, expected.masks)
    assert np.abs(got.slices.astype(int) - expected.slices).max() <= 1


def test_a_tumor_thinner_than_the_target_slices_is_kept() -> None:
    volume = _volume(
        _noise((20, 60, 60)), (slice(7, 9), slice(30, 34), slice(30, 34)), spacing=(0.7, 0.7, 1.0)
    )
    patches = to_patches(volume, SMALL)
    # 7 and 8 mm lie between the slices at 5 and 10 mm; they are nearest to one slice each.
    assert patches.masks.sum(axis=(1, 2)).tolist() == [16, 16]
    hu = sitk.GetArrayFromImage(volume.image)
    assert patches.slices[0, 16, 16] in hu[5]
    assert patches.slices[1, 16, 16] in hu[10]


def test_a_mask_may_use_any_number_and_a_slightly_rounded_grid() -> None:
    volume = _volume(_noise((5, 50, 50)), (slice(1, 3), slice(20, 30), slice(20, 30)))
    loose = sitk.Cast(volume.mask, sitk.sitkInt16) * 255
    loose.SetOrigin(tuple(x + 1e-4 for x in volume.image.GetOrigin()))
    patches = to_patches(Volume(image=volume.image, mask=loose), SMALL)
    np.testing.assert_array_equal(patches.masks, to_patches(volume, SMALL).masks)


def test_hu_beyond_sixteen_bits_are_clipped() -> None:
    hu = np.full((3, 40, 40), 1e6, dtype=np.float32)
    patches = to_patches(_volume(hu, (slice(1, 2), slice(15, 25), slice(15, 25))), SMALL)
    assert patches.slices.max() == np.iinfo(np.int16).max


def _flat() -> Volume:
    image = sitk.Image(20, 20, sitk.sitkInt16)
    return Volume(image=image, mask=image != 1)


def _colored() -> Volume:
    image = sitk.Image([5, 5, 5], sitk.sitkVectorInt16, 3)
    return Volume(image=image, mask=sitk.Image([5, 5, 5], sitk.sitkUInt8))


def _empty() -> Volume:
    return _volume(_noise((3, 8, 8)), (slice(0), slice(0), slice(0)))


def _moved(what: str, *numbers: float) -> Volume:
    volume = _volume(_noise((3, 8, 8)), (slice(1, 2), slice(2, 4), slice(2, 4)))
    getattr(volume.mask, f"Set{what}")(numbers)
    return volume


def _grid(what: str, *numbers: float) -> Volume:
    volume = _volume(_noise((3, 8, 8)), (slice(1, 2), slice(2, 4), slice(2, 4)))
    for grid in (volume.image, volume.mask):
        getattr(grid, f"Set{what}")(numbers)
    return volume


def _other_size() -> Volume:
    volume = _volume(_noise((3, 8, 8)), (slice(1, 2), slice(2, 4), slice(2, 4)))
    return Volume(image=volume.image, mask=volume.mask[:, :, :2])


def _two_tumors() -> Volume:
    volume = _volume(_noise((3, 90, 90)), (slice(1, 2), slice(0, 3), slice(0, 3)))
    mask = sitk.GetArrayFromImage(volume.mask)
    mask[1, -3:, -3:] = 1
    both = sitk.GetImageFromArray(mask)
    both.CopyInformation(volume.image)
    return Volume(image=volume.image, mask=both)


def _holes() -> Volume:
    hu = np.full((3, 40, 40), np.nan, dtype=np.float32)
    return _volume(hu, (slice(1, 2), slice(15, 25), slice(15, 25)))


@pytest.mark.parametrize(
    ("volume", "says"),
    [
        (_flat(), "not a CT volume"),
        (_colored(), "not a CT volume"),
        (_empty(), "mask is empty"),
        (_moved("Origin", 0.0, 31.0, -204.75), "differ in origin"),
        (_moved("Spacing", 0.7, 0.7, 4.0), "differ in spacing"),
        (_moved("Direction", -1, 0, 0, 0, -1, 0, 0, 0, 1), "differ in direction"),
        (_other_size(), "differ in size"),
        (_grid("Origin", np.nan, 31.0, -204.75), "unlikely origin"),
        (_grid("Origin", 1e30, 31.0, -204.75), "unlikely origin"),
        (_grid("Spacing", 0.7, 0.7, 1e7), "unlikely voxel spacing"),
        (_grid("Direction", *[np.nan] * 3, 0, 1, 0, 0, 0, 1), "broken directions"),
        (_grid("Direction", 1, 0, 0, 0.5, 1, 0, 0, 0, 1), "broken directions"),
        (_moved("Origin", np.nan, 31.0, -204.75), "differ in origin"),
        (_two_tumors(), "too far apart"),
        (_holes(), "not numbers"),
    ],
)
def test_what_cannot_be_brought_to_patches_is_said(volume: Volume, says: str) -> None:
    with pytest.raises(UserError, match=says):
        to_patches(volume, SMALL)


def test_a_mask_from_end_to_end_of_a_broken_grid_is_refused_before_it_fills_memory() -> None:
    tall = Preprocessing(spacing_mm=(0.7, 0.7, 0.01), patch=224)
    volume = _volume(_noise((9, 8, 8)), (slice(0, 9), slice(2, 4), slice(2, 4)))
    with pytest.raises(UserError, match="too tall: expected at most 2674 slices of 224 pixels"):
        to_patches(volume, tall)


def test_the_window_maps_its_limits_to_minus_one_and_one() -> None:
    hu = np.array([[-1024, -1000], [-300, 399], [400, 3000]], dtype=np.int16)
    scaled = window(hu, (-1000.0, 400.0))
    assert scaled.dtype == np.float32
    assert scaled.min() == -1
    assert scaled.max() == 1
    np.testing.assert_allclose(scaled[:, 0], [-1, 0, 1], atol=1e-6)
    np.testing.assert_allclose(scaled[1, 1], 1 - 2 / 1400, atol=1e-6)


@pytest.mark.parametrize("limits", [(400.0, -1000.0), (0.0, 0.0), (float("nan"), 1.0)])
def test_an_empty_window_is_refused(limits: tuple[float, float]) -> None:
    with pytest.raises(UserError, match="window"):
        window(np.zeros(3, dtype=np.int16), limits)


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
    result = _array(subject["tumor"])
    voxel_mm3 = float(np.prod(PAPER.spacing_mm))
    true_mm3 = 837 * float(np.prod(ct.image.GetSpacing()))
    assert int(patches.masks.sum()) * voxel_mm3 == pytest.approx(true_mm3, rel=0.01)
    assert int(result.sum()) == pytest.approx(int(patches.masks.sum()), rel=0.01)
    ours = _first_point(ct) + np.argwhere(patches.masks)[:, ::-1].mean(0) * PAPER.spacing_mm
    reference = subject["tumor"].affine @ [*np.argwhere(result)[:, ::-1].mean(0), 1]
    expected = np.diag([-1, -1, 1]) @ (ct.image.GetOrigin() + ours)
    np.testing.assert_allclose(reference[:3], expected, atol=0.1)


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
