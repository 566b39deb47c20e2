"""Stored values as HU, whatever their compression and rescaling."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
)

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
    hu[1, 3, 4] = -40000
    dicom_files.write_series(tmp_path, hu, intercept=-60000)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(tmp_path)), hu)


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_compressed_series_are_read(tmp_path: Path, dicom_files: ModuleType, syntax: str) -> None:
    hu = dicom_files.hu_of(2)
    for path in dicom_files.write_series(tmp_path, hu):
        header = pydicom.dcmread(path)
        header.compress(syntax, generate_instance_uid=False)
        header.save_as(path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(tmp_path)), hu)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless, ExplicitVRLittleEndian])
def test_bits_beyond_the_stored_ones_are_masked(
    tmp_path: Path, dicom_files: ModuleType, syntax: str, signed: bool
) -> None:
    hu = dicom_files.hu_of(2)
    for index, path in enumerate(dicom_files.write_series(tmp_path, hu)):
        header = pydicom.dcmread(path)
        words = (hu[index] if signed else hu[index] + 1024).astype(np.uint16) & 0xFFF
        words[4:9, 4:9] |= 0x8000  # an overlay
        header.PixelData = words.tobytes()
        header.PixelRepresentation, header.RescaleIntercept = int(signed), -1024 * (not signed)
        if syntax != ExplicitVRLittleEndian:
            header.compress(syntax, generate_instance_uid=False)
        header.BitsStored, header.HighBit = 12, 11
        header.save_as(path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(tmp_path)), hu)


@pytest.mark.parametrize(("word", "stated"), [(63536, True), (63536, False), (32768, False)])
def test_padding_in_words_that_are_called_unsigned_is_padding(
    tmp_path: Path, dicom_files: ModuleType, word: int, stated: bool
) -> None:
    hu = dicom_files.hu_of(2)

    def pad(_: int, header: Dataset) -> None:
        words = np.frombuffer(header.PixelData, np.uint16).reshape(32, 32).copy()
        words[:5] = word
        header.PixelData = words.tobytes()
        if stated:
            header.add_new("PixelPaddingValue", "US", word)

    dicom_files.write_series(tmp_path, hu, change=pad)
    read = sitk.GetArrayFromImage(read_image(tmp_path))
    assert (read[:, :5] < -1500).all()
    np.testing.assert_array_equal(read[:, 5:], hu[:, 5:])


def test_signed_hu_in_words_that_are_called_unsigned_are_right(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    hu = dicom_files.hu_of(2)

    def store_hu(index: int, header: Dataset) -> None:
        header.PixelData, header.RescaleIntercept = hu[index].tobytes(), 0

    dicom_files.write_series(tmp_path, hu, change=store_hu)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(tmp_path)), hu)


@pytest.mark.parametrize("deflated", [False, True])
def test_deflated_files_and_files_without_preamble_are_read(
    tmp_path: Path, dicom_files: ModuleType, deflated: bool
) -> None:
    hu = dicom_files.hu_of(3)
    for path in dicom_files.write_series(tmp_path, hu, name="IM{:03d}".format):
        header = pydicom.dcmread(path)
        if deflated:
            header.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
            header.save_as(path, enforce_file_format=True)
        else:
            del header.file_meta
            header.preamble = None
            header.save_as(path, implicit_vr=True, little_endian=True)
            assert path.read_bytes()[128:132] != b"DICM"
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


def test_padding_is_recognized_in_jpeg_lossless_too(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    hu = dicom_files.hu_of(2)
    words = (hu + 1024).astype(np.uint16)
    words[:, :5] = 63536
    for index, path in enumerate(dicom_files.write_series(tmp_path, hu)):
        encoded = _by_gdcm(tmp_path / "encoded", words[index])
        header = pydicom.dcmread(path)
        header.file_meta.TransferSyntaxUID = encoded.file_meta.TransferSyntaxUID
        header["PixelData"] = encoded["PixelData"]
        header.save_as(path)
    read = sitk.GetArrayFromImage(read_image(tmp_path))
    assert (read[:, :5] < -1500).all()
    np.testing.assert_array_equal(read[:, 5:], hu[:, 5:])


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
