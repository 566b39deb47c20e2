"""Choice of the CT of a tumor, and its HU."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.dicom_index import index_folder
from lnmbench.imaging.grid import Grid
from lnmbench.imaging.series import find_image, read_image

SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


def test_slices_are_sorted_by_position_and_rescaled_each(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    hu = dicom_files.hu_of(6)

    def change(index: int, header: pydicom.Dataset) -> None:
        header.InstanceNumber = 60 - index * 7 % 5
        stored = (hu[index] + 1024 + 3 * index).astype(np.uint16)
        header.RescaleIntercept, header.PixelData = -1024 - 3 * index, stored.tobytes()

    def name(index: int) -> str:
        return f"{(index * 5) % 6}"

    dicom_files.write_series(tmp_path, hu, change=change, name=name)
    image = read_image(tmp_path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), hu)
    assert image.GetPixelID() == sitk.sitkInt16
    assert image.GetSpacing() == pytest.approx((0.7, 0.8, 5.0))
    assert image.GetOrigin() == dicom_files.FIRST


@pytest.mark.parametrize(
    "orientation", [SAGITTAL, (1, 0, 0, 0, 0, -1), (0.8, 0.6, 0.0, -0.48, 0.64, 0.6)]
)
@pytest.mark.parametrize("way", [1, -1])
def test_any_orientation_lies_where_the_header_says(
    tmp_path: Path, dicom_files: ModuleType, orientation: tuple[float, ...], way: int
) -> None:
    hu = dicom_files.hu_of(4)
    normal = np.cross(orientation[:3], orientation[3:])
    dicom_files.write_series(tmp_path, hu, orientation=orientation, step=way * 2.5 * normal)
    image = read_image(tmp_path)
    for index in range(4):
        corner = np.add(dicom_files.FIRST, index * way * 2.5 * normal)
        position = np.add(corner, 0.7 * 9 * np.array(orientation[:3]))
        position += 0.8 * 5 * np.array(orientation[3:])
        voxel = image.TransformPhysicalPointToIndex(position.tolist())
        assert image[voxel] == hu[index, 5, 9]
    assert np.linalg.det(np.reshape(image.GetDirection(), (3, 3))) == pytest.approx(1)


@pytest.mark.parametrize(("folder", "slices"), [("liver", 3), ("rtstruct", 2)])
def test_real_series_agree_with_gdcm(shared_data: Path, folder: str, slices: int) -> None:
    ct = find_image(shared_data / "dicom" / folder)
    image, why = ct.image, ct.notes
    (series,) = (s for s in index_folder(shared_data / "dicom" / folder) if s.modality == "CT")
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(
        str(shared_data / "dicom" / folder), series.uid
    )
    expected = sitk.ReadImage(names)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(expected))
    for fact in ("Spacing", "Origin", "Direction"):
        assert getattr(image, f"Get{fact}")() == pytest.approx(getattr(expected, f"Get{fact}")())
    assert image.GetDepth() == slices
    assert why == (f"CT: series {series.number} with {slices} slices, the only one",)


def test_a_folder_of_several_series_says_what_was_chosen(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    dicom_files.write_series(tmp_path / "a", dicom_files.hu_of(3), uid="1.2.3.4", number=2)
    dicom_files.write_series(tmp_path / "b", dicom_files.hu_of(5), uid="1.2.3.5", number=3)
    ct = find_image(tmp_path)
    assert ct.image.GetDepth() == 5
    assert ct.notes[0] == "CT: series 3 with 5 slices, the one with most slices of 2"


def _grid_of(path: Path) -> Grid:
    return Grid.of_image(read_image(path))


@pytest.mark.parametrize("frames", [("1.2.3.1000", "1.2.3.1000"), ("1.2.3.7", "1.2.3.8")])
def test_a_mask_chooses_the_series_of_its_grid(
    tmp_path: Path, dicom_files: ModuleType, frames: tuple[str, str]
) -> None:
    def shift(index: int, header: pydicom.Dataset) -> None:
        header.FrameOfReferenceUID = frames[0]
        header.ImagePositionPatient[0] += 3.1

    def frame(index: int, header: pydicom.Dataset) -> None:
        header.FrameOfReferenceUID = frames[1]

    dicom_files.write_series(tmp_path / "a", dicom_files.hu_of(5), uid="1.2.3.4", change=shift)
    dicom_files.write_series(
        tmp_path / "b", dicom_files.hu_of(3), uid="1.2.3.5", number=7, change=frame
    )
    grid = _grid_of(tmp_path / "b")
    ct = find_image(tmp_path, mask_grid=grid)
    assert ct.image.GetDepth() == 3
    assert ct.notes == ("CT: series 7 with 3 slices, whose grid the mask has",)
    assert ct.warnings == ("the mask chose the CT by its grid (series 7 of 2 CT series)",)
    cropped = Grid(size=(9, 9, 2), matrix=grid.matrix)
    assert find_image(tmp_path, mask_grid=cropped).image.GetDepth() == 3


def test_several_series_of_one_grid_are_pointed_out(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    for number in (4, 5):  # phases
        hu = dicom_files.hu_of(3) + number
        dicom_files.write_series(tmp_path / str(number), hu, uid=f"1.2.{number}", number=number)
    grid = _grid_of(tmp_path / "4")
    ct = find_image(tmp_path, mask_grid=grid)
    assert ct.warnings == ("several CT series have the grid of the mask (series 4 of 2 CT series)",)

    def other_frame(index: int, header: pydicom.Dataset) -> None:
        header.FrameOfReferenceUID = "1.2.3.7"

    hu = dicom_files.hu_of(3) + 6
    dicom_files.write_series(tmp_path / "6", hu, uid="1.2.6", number=6, change=other_frame)
    with pytest.raises(UserError, match="2 scans, and the region does not tell its own"):
        find_image(tmp_path, mask_grid=grid)


def test_several_scans_are_refused_if_nothing_tells_the_right_one(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    def other_frame(index: int, header: pydicom.Dataset) -> None:
        header.FrameOfReferenceUID = "1.2.3.7"

    dicom_files.write_series(tmp_path / "a", dicom_files.hu_of(5), uid="1.2.3.4")
    dicom_files.write_series(
        tmp_path / "b", dicom_files.hu_of(3), uid="1.2.3.5", number=7, change=other_frame
    )
    other_grid = Grid(size=(9, 9, 2), matrix=np.diag([0.9, 0.9, 3.0, 1.0]))
    for mask_grid in (None, other_grid):
        with pytest.raises(UserError, match=r"2 scans.*series 2 \(5 slices\), series 7 \(3 slices"):
            find_image(tmp_path, mask_grid=mask_grid)
    region = replace(index_folder(tmp_path / "a")[0], modality="SEG", references=("1.2.3.5",))
    assert find_image(tmp_path, region=region).image.GetDepth() == 3
