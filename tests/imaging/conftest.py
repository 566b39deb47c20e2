"""Small CT series as DICOM files, made for tests: 32 × 32 pixels, explicit VR little endian."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, ExplicitVRLittleEndian, generate_uid

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
FIRST = (-20.0, -30.0, -100.0)


@pytest.fixture
def dicom_files() -> ModuleType:
    """The functions below, for tests that cannot import them."""
    return sys.modules[__name__]


@pytest.fixture
def image() -> sitk.Image:
    """A small CT volume."""
    image = sitk.GetImageFromArray(hu_of(6))
    image.SetSpacing((0.7, 0.8, 5.0))
    image.SetOrigin((-12.5, 31.0, -204.75))
    return image


def hu_of(slices: int, side: int = 32) -> np.ndarray:
    """A volume (slices, side, side) of HU in which each slice is another."""
    return np.random.default_rng(slices).integers(-1000, 400, (slices, side, side), np.int16)


def write_series(
    folder: Path,
    hu: np.ndarray,
    *,
    uid: str = "1.2.3.4",
    number: int | None = 2,
    patient: str = "made",
    step: Sequence[float] = (0.0, 0.0, 5.0),
    orientation: Sequence[float] = AXIAL,
    intercept: float = -1024,
    slope: float = 1,
    name: Callable[[int], str] = "{:03d}.dcm".format,
    change: Callable[[int, Dataset], None] = lambda index, header: None,
) -> list[Path]:
    """Write a CT series of HU (slices, rows, columns); `change` may alter a header before that."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for index, image in enumerate(hu):
        header = ct_header(uid=uid, number=number, patient=patient)
        header.InstanceNumber = index + 1
        header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = f"{uid}.{index + 1}"
        header.ImagePositionPatient = [a + index * b for a, b in zip(FIRST, step, strict=True)]
        header.ImageOrientationPatient = list(orientation)
        header.PixelSpacing = [0.8, 0.7]
        header.RescaleSlope, header.RescaleIntercept = slope, intercept
        set_pixels(header, np.rint((image - intercept) / slope).astype(np.uint16))
        change(index, header)
        paths.append(folder / name(index))
        header.save_as(paths[-1], enforce_file_format=True)
    return paths


def write_enhanced(path: Path, hu: np.ndarray, places: Sequence[int]) -> None:
    """Write an enhanced CT whose frame i lies at the place `places[i]`, with its own intercept."""
    header = ct_header(uid="1.2.3.9", number=7, patient="made")
    header.SOPClassUID = header.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = generate_uid(None)
    shared, plane, measures = Dataset(), Dataset(), Dataset()
    plane.ImageOrientationPatient = list(AXIAL)
    measures.PixelSpacing, measures.SliceThickness = [0.8, 0.7], 5
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [plane], [measures]
    header.SharedFunctionalGroupsSequence = [shared]
    header.PerFrameFunctionalGroupsSequence = [_frame(place) for place in places]
    header.NumberOfFrames = len(places)
    stored = np.stack([hu[place] + 1024 + place for place in places]).astype(np.uint16)
    set_pixels(header, stored)
    header.save_as(path, enforce_file_format=True)


def _frame(place: int) -> Dataset:
    groups, position, values = Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = [FIRST[0], FIRST[1], FIRST[2] + 5.0 * place]
    values.RescaleSlope, values.RescaleIntercept = 1, -1024 - place
    groups.PlanePositionSequence, groups.PixelValueTransformationSequence = [position], [values]
    return groups


def ct_header(*, uid: str, number: int | None, patient: str) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    header.SOPClassUID, header.Modality = CTImageStorage, "CT"
    header.PatientID, header.PatientName = patient, "Nobody^Made"
    header.StudyInstanceUID, header.SeriesInstanceUID = "1.2.3", uid
    header.FrameOfReferenceUID, header.SeriesNumber = "1.2.3.1000", number
    header.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    return header


def set_pixels(header: Dataset, stored: np.ndarray) -> None:
    header.Rows, header.Columns = stored.shape[-2:]
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated, header.BitsStored, header.HighBit = 16, 16, 15
    header.PixelRepresentation = 0
    header.PixelData = stored.tobytes()
