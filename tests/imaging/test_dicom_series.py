"""Images that belong to one series: localizers aside, images with a series of their own joined."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom.dataset import Dataset

from lnmbench import UserError
from lnmbench.imaging.dicom_index import index_folder
from lnmbench.imaging.series import find_image


def test_localizers_and_other_planes_are_parts_of_their_own(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    def scout(_: int, header: Dataset) -> None:
        header.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        header.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]

    def coronal(_: int, header: Dataset) -> None:
        header.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]

    dicom_files.write_series(tmp_path, dicom_files.hu_of(6))
    dicom_files.write_series(tmp_path, dicom_files.hu_of(1), name="a{}".format, change=scout)
    dicom_files.write_series(tmp_path, dicom_files.hu_of(2), name="b{}".format, change=coronal)
    parts = index_folder(tmp_path)
    assert sorted(part.size for part in parts) == [1, 2, 6]
    assert {part.uid for part in parts} == {"1.2.3.4"}
    found = find_image(tmp_path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(found.image), dicom_files.hu_of(6))
    assert found.warnings == ("left out of the CT series (series 2): 3 localizers or other planes",)


def test_an_image_without_orientation_stays_with_the_slices(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    def change(index: int, header: Dataset) -> None:
        if index == 5:
            del header.ImageOrientationPatient

    dicom_files.write_series(tmp_path, dicom_files.hu_of(6), change=change)
    (series,) = index_folder(tmp_path)
    assert series.size == 6
    with pytest.raises(UserError, match="no usable ImageOrientationPatient"):
        find_image(tmp_path)


def test_images_with_a_series_of_their_own_each_are_joined(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    def own_series(index: int, header: Dataset) -> None:
        header.SeriesInstanceUID = f"1.2.3.4.{index}"

    dicom_files.write_series(tmp_path, dicom_files.hu_of(6), change=own_series)
    (series,) = index_folder(tmp_path)
    assert len(series.joined_uids) == series.size == 6
    found = find_image(tmp_path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(found.image), dicom_files.hu_of(6))
    assert found.warnings[0].startswith("joined images that have a series of their own each")


@pytest.mark.parametrize("name", ["FrameOfReferenceUID", "SeriesNumber", "SeriesDescription"])
def test_images_that_differ_otherwise_are_not_joined(
    tmp_path: Path, dicom_files: ModuleType, name: str
) -> None:
    def own_series(index: int, header: Dataset) -> None:
        header.SeriesInstanceUID = f"1.2.3.4.{index}"
        setattr(header, name, str(index))

    dicom_files.write_series(tmp_path, dicom_files.hu_of(6), change=own_series)
    with pytest.raises(UserError, match=r"left out 6 series \(one image\)"):
        find_image(tmp_path)


def test_two_reconstructions_with_a_series_for_each_image_are_refused(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    def own_series(index: int, header: Dataset) -> None:
        header.SeriesInstanceUID = f"1.2.3.{number}.{index}"

    for number in (5, 6):
        folder = tmp_path / str(number)
        dicom_files.write_series(folder, dicom_files.hu_of(6), change=own_series)
    with pytest.raises(UserError, match="slices have the position of another one"):
        find_image(tmp_path)
