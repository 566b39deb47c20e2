"""Headers of CT images."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.frames import read_frames
from lnmbench.imaging.series import read_image


def test_frames_of_an_enhanced_ct_are_sorted_and_rescaled(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    hu = dicom_files.hu_of(5)
    dicom_files.write_enhanced(tmp_path / "enhanced", hu, [3, 0, 4, 1, 2])
    image = read_image(tmp_path / "enhanced")
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), hu)
    assert image.GetSpacing() == pytest.approx((0.7, 0.8, 5.0))


def test_a_frame_has_its_position_and_rescaling(tmp_path: Path, dicom_files: ModuleType) -> None:
    path = dicom_files.write_series(tmp_path, dicom_files.hu_of(2), slope=2, intercept=-1000)[1]
    (frame,) = read_frames(path)
    assert frame.position == tuple(np.add(dicom_files.FIRST, (0, 0, 5)))
    assert (frame.pixel_mm, frame.size) == ((0.7, 0.8), (32, 32))
    assert (frame.slope, frame.intercept) == (2, -1000)


@pytest.mark.parametrize(
    ("keyword", "value", "message"),
    [
        ("Modality", "MR", "is not a CT image: expected modality CT, got 'MR'"),
        ("ImageType", ["DERIVED", "PRIMARY", "LOCALIZER"], "is a localizer"),
        ("SamplesPerPixel", 3, "is a color image"),
        ("RescaleType", "OD", "does not hold HU: got values of the type 'OD'"),
        ("RescaleSlope", 0, "no usable RescaleSlope: expected not 0"),
        ("RescaleIntercept", None, "no usable RescaleIntercept: expected 1 number from"),
        ("PixelSpacing", [0.7, 90], "no usable PixelSpacing: expected 2 numbers from 0.05 to 30"),
        ("NumberOfFrames", 4, "has 4 frames and describes 1"),
        ("Rows", 4096, "is truncated"),
    ],
)
def test_a_header_without_what_a_volume_needs_is_refused(
    tmp_path: Path, dicom_files: ModuleType, keyword: str, value: object, message: str
) -> None:
    def change(_: int, header: pydicom.Dataset) -> None:
        setattr(header, keyword, value)

    (path,) = dicom_files.write_series(tmp_path, dicom_files.hu_of(1), change=change)
    with pytest.raises(UserError, match=message):
        read_frames(path)
