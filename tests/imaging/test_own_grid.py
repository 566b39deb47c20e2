"""Own grids: known points of the patient land on the voxels that are computed by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import Volume
from lnmbench.imaging.native_box import cut_box
from lnmbench.imaging.own_grid import resample_box, to_tensor
from lnmbench.records import EncoderGrid

SPACING = np.array([0.8, 0.75, 2.5])
GRID = EncoderGrid(
    spacing_mm=(1.5, 1.25, 2.0), size=(21, 31, 11), window_hu=(-2000, 2000), intensity=(-2000, 2000)
)


def gradient(direction: int, spacing: np.ndarray = SPACING) -> Volume:
    """The coordinate of each voxel along one of the axes x, y, z in HU, 20 for each mm."""
    shape = (40, 90, 100)
    coordinate = 20 * np.arange(shape[2 - direction]) * spacing[direction] - 1000
    places = [1, 1, 1]
    places[2 - direction] = -1
    hu = np.broadcast_to(coordinate.reshape(places), shape).astype(np.float64)
    marked = np.zeros(shape, np.uint8)
    marked[18:22, 40:44, 51:54] = 1
    image, mask = sitk.GetImageFromArray(np.ascontiguousarray(hu)), sitk.GetImageFromArray(marked)
    for grid in (image, mask):
        grid.SetSpacing(spacing.tolist())
        grid.SetOrigin((-120.0, 31.0, -204.75))
    return Volume(image=image, mask=mask)


@pytest.mark.parametrize("direction", [0, 1, 2])
@pytest.mark.parametrize("spacing", [SPACING, np.array([0.5, 0.9, 1.0])])
def test_each_voxel_is_at_its_distance_from_the_tumor(direction: int, spacing: np.ndarray) -> None:
    volume = gradient(direction, spacing)
    hu, _ = resample_box(cut_box(volume, 1000.0), GRID)
    middle = np.array([52.0, 41.5, 19.5])[direction] * spacing[direction]
    size, step = GRID.size[direction], GRID.spacing_mm[direction]
    places_mm = middle + (np.arange(size) - (size - 1) / 2) * step
    axis = np.moveaxis(hu, 2 - direction, 0).reshape(size, -1)
    inside = (places_mm >= 0) & (
        places_mm <= (volume.image.GetSize()[direction] - 1) * spacing[direction]
    )
    assert inside.sum() >= 9
    expected = np.rint(20 * places_mm[inside] - 1000)
    assert np.abs(axis[inside] - expected[:, None]).max() <= 1


def test_one_bright_voxel_lands_on_its_index_in_each_orientation() -> None:
    """13.5 mm to the left, 10 mm to the front and 6 mm to the head of the tumor's center."""
    hu = np.full((60, 60, 60), -1000, np.int16)
    marked = np.zeros(hu.shape, np.uint8)
    marked[30, 30, 30] = 1
    hu[30 + 6, 30 - 10, 30 + 13] = 1000
    image, mask = sitk.GetImageFromArray(hu), sitk.GetImageFromArray(marked)
    grid = EncoderGrid(
        spacing_mm=(1.0, 1.0, 1.0), size=(41, 31, 21), window_hu=(-1000, 1000), intensity=(0, 1)
    )
    box = cut_box(Volume(image=image, mask=mask), 25.0)
    resampled, inside = resample_box(box, grid)
    assert np.argwhere(resampled == 1000).tolist() == [[10 + 6, 15 - 10, 20 + 13]]
    assert np.argwhere(inside).tolist() == [[10, 15, 20]]
    for orientation, place in {
        "SPL": [16, 5, 33],
        "LPS": [33, 5, 16],
        "RAS": [40 - 33, 30 - 5, 16],
        "IAR": [20 - 16, 30 - 5, 40 - 33],
        "PSR": [5, 16, 40 - 33],
    }.items():
        tensor = to_tensor(resampled, replace(grid, orientation=orientation))
        assert tensor.shape == replace(grid, orientation=orientation).shape
        assert np.argwhere(tensor == 1).tolist() == [place], orientation
        assert tensor.dtype == np.float32


@pytest.mark.parametrize("orientation", ["RAS", "LPI", "SAR"])
def test_the_orientation_of_the_file_does_not_matter(orientation: str) -> None:
    volume = gradient(0)
    turned = Volume(
        image=sitk.DICOMOrient(volume.image, orientation),
        mask=sitk.DICOMOrient(volume.mask, orientation),
    )
    expected, got = (resample_box(cut_box(each, 60.0), GRID) for each in (volume, turned))
    np.testing.assert_array_equal(got[0], expected[0])
    np.testing.assert_array_equal(got[1], expected[1])


def test_a_smaller_box_gives_the_same_voxels_if_it_reaches_far_enough() -> None:
    volume = gradient(1)
    far, near = (resample_box(cut_box(volume, mm), GRID) for mm in (1000.0, GRID.reach_mm))
    np.testing.assert_array_equal(near[0], far[0])
    np.testing.assert_array_equal(near[1], far[1])


def test_outside_of_the_scan_is_air() -> None:
    volume = gradient(0)
    grid = replace(GRID, size=(201, 31, 11), outside_hu=-1024)
    hu, _ = resample_box(cut_box(volume, 200.0), grid)
    left = (52.0 + 0.5) * SPACING[0]  # from the tumor's center to the border of the scan
    beyond = (100 - np.arange(201)) * 1.5 > left + 0.01
    assert beyond.sum() > 50
    assert (hu[..., beyond] == -1024).all()
    assert (hu[..., ~beyond][..., :20] > -1024).all()


@pytest.mark.parametrize(("clip", "expected"), [(True, 1.0), (False, 1.5)])
def test_intensities_are_linear_in_the_window(clip: bool, expected: float) -> None:
    grid = replace(GRID, size=(4, 1, 1), window_hu=(-1000, 1000), intensity=(0, 1), clip=clip)
    hu = np.array([[[-1000, -500, 1000, 2000]]], np.int16)
    np.testing.assert_allclose(to_tensor(hu, grid)[0, 0], [0, 0.25, 1, expected])


@pytest.mark.parametrize("orientation", ["SPL", "RAS", "LPS", "SRA", "IAR"])
def test_orientations_are_those_of_monai(orientation: str) -> None:
    """Tensors are as after `Orientation(axcodes=…)`, with which most encoders were trained."""
    transforms = pytest.importorskip("monai.transforms")
    data = pytest.importorskip("monai.data")
    hu = np.arange(3 * 4 * 5, dtype=np.int16).reshape(3, 4, 5)  # z, y, x of LPS
    of_nibabel = np.ascontiguousarray(hu.transpose()[None])  # channel, x, y, z
    to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
    image = data.MetaTensor(of_nibabel, affine=to_ras)
    letters = (("L", "R"), ("P", "A"), ("I", "S"))
    expected = transforms.Orientation(axcodes=orientation, labels=letters)(image)[0]
    grid = EncoderGrid(
        spacing_mm=(1, 1, 1),
        size=(5, 4, 3),
        window_hu=(0, 60),
        intensity=(0, 60),
        orientation=orientation,
    )
    np.testing.assert_allclose(to_tensor(hu, grid), np.asarray(expected), atol=1e-4)
