"""Stored values as HU, whatever their compression and rescaling."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import JPEGLSLossless, RLELossless

from lnmbench import UserError
from lnmbench.imaging.frames import read_frames
from lnmbench.imaging.pixels import read_hu
from lnmbench.imaging.series import read_image


def test_a_slope_that_is_not_whole_gives_float(tmp_path: Path, dicom_files: ModuleType) -> None:
    hu = dicom_files.hu_of(3)
    dicom_files.write_series(tmp_path, hu, slope=0.5)
    image = read_image(tmp_path)
    assert image.GetPixelID() == sitk.sitkFloat32
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), hu)


@pytest.mark.parametrize(("slope", "intercept"), [(2, -32768), (3, -40000), (-1, 30000)])
def test_whole_hu_are_exact_up_to_sixteen_bits(
    tmp_path: Path, dicom_files: ModuleType, slope: float, intercept: float
) -> None:
    stored = np.random.default_rng(0).integers(3000, 21000, (2, 32, 32))
    dicom_files.write_series(tmp_path, stored * slope + intercept, slope=slope, intercept=intercept)
    image = read_image(tmp_path)
    assert image.GetPixelID() == sitk.sitkInt16
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), stored * slope + intercept)


def test_hu_beyond_sixteen_bits_are_kept_as_floats(tmp_path: Path, dicom_files: ModuleType) -> None:
    hu = dicom_files.hu_of(2).astype(int)
    hu[1, 3, 4] = 60000
    dicom_files.write_series(tmp_path, hu)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(tmp_path)), hu)


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_compressed_series_are_read(tmp_path: Path, dicom_files: ModuleType, syntax: str) -> None:
    hu = dicom_files.hu_of(2)
    for path in dicom_files.write_series(tmp_path, hu):
        header = pydicom.dcmread(path)
        header.compress(syntax, generate_instance_uid=False)
        header.save_as(path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(tmp_path)), hu)


def test_jpeg_lossless_is_read_though_pydicom_has_no_decoder(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    hu = dicom_files.hu_of(2)
    for index, path in enumerate(dicom_files.write_series(tmp_path, hu)):
        encoded = _by_gdcm(tmp_path / "encoded", hu[index])
        header = pydicom.dcmread(path)
        header.file_meta.TransferSyntaxUID = encoded.file_meta.TransferSyntaxUID
        header.PixelRepresentation, header.RescaleIntercept = 1, 0
        header["PixelData"] = encoded["PixelData"]
        header.save_as(path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(tmp_path)), hu)


def _by_gdcm(folder: Path, hu: np.ndarray) -> pydicom.Dataset:
    """Return a data set whose pixels are compressed as JPEG Lossless."""
    folder.mkdir(exist_ok=True)
    writer = sitk.ImageFileWriter()
    writer.SetImageIO("GDCMImageIO")
    writer.SetCompressor("JPEG")
    writer.UseCompressionOn()
    writer.SetFileName(folder / "jpeg.dcm")
    writer.Execute(sitk.GetImageFromArray(hu[None]))
    encoded = pydicom.dcmread(folder / "jpeg.dcm")
    (folder / "jpeg.dcm").unlink()
    assert encoded.file_meta.TransferSyntaxUID.name.startswith("JPEG Lossless")
    return encoded


def test_an_image_of_another_size_than_its_header_states_is_refused(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    (path,) = dicom_files.write_series(tmp_path, dicom_files.hu_of(1))
    frames = read_frames(path)
    (hu,) = read_hu(frames)
    assert hu.dtype == np.int16
    header = pydicom.dcmread(path)
    header.Rows, header.Columns = 16, 64
    header.save_as(path)
    with pytest.raises(UserError, match="differs in size.*expected 32 × 32, got 64 × 16"):
        list(read_hu(frames))
