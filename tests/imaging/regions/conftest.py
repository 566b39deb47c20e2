"""CT images, DICOM SEG and RTSTRUCT objects made for tests: 12 × 10 pixels on 6 slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, RTStructureSetStorage

SIZE = (12, 10, 6)
SPACING_MM = (0.7, 0.7, 5.0)
ORIGIN = (-20.0, -30.0, -100.0)


@pytest.fixture
def image() -> sitk.Image:
    """An axial image of zeros."""
    return axial()


def axial() -> sitk.Image:
    """An image of zeros whose slices are axial."""
    made = sitk.Image(SIZE, sitk.sitkInt16)
    made.SetSpacing(SPACING_MM)
    made.SetOrigin(ORIGIN)
    return made


@pytest.fixture
def tilted() -> sitk.Image:
    """The same grid, turned by 20° about x and 10° about z."""
    made = sitk.Image(SIZE, sitk.sitkInt16)
    made.SetSpacing(SPACING_MM)
    made.SetOrigin(ORIGIN)
    turn = sitk.Euler3DTransform((0, 0, 0), np.radians(20), 0, np.radians(10))
    made.SetDirection(turn.GetMatrix())
    return made


@pytest.fixture
def write_seg(tmp_path: Path) -> Callable[..., Path]:
    """`seg_file` in the test's folder."""
    return partial(seg_file, tmp_path / "seg.dcm")


@pytest.fixture
def write_rtstruct(tmp_path: Path) -> Callable[..., Path]:
    """`rtstruct_file` in the test's folder."""
    return partial(rtstruct_file, tmp_path / "rtstruct.dcm")


def seg_file(
    path: Path,
    image: sitk.Image,
    segments: dict[str, np.ndarray],
    *,
    kind: str = "BINARY",
    change: Callable[[Dataset], None] = lambda dataset: None,
) -> Path:
    """Write a SEG of segments (slices, rows, columns) on the grid of an image."""
    pixels = np.stack(list(segments.values()), axis=-1)
    if kind == "LABELMAP":
        pixels = sum(pixels[..., i] * (i + 1) for i in range(len(segments))).astype(np.uint8)
    seg = hd.seg.Segmentation(
        source_images=_slices(image),
        pixel_array=pixels if kind == "FRACTIONAL" else pixels.astype(np.uint8),
        segmentation_type=kind,
        segment_descriptions=[
            hd.seg.SegmentDescription(
                segment_number=number,
                segment_label=label,
                segmented_property_category=codes.SCT.Tissue,
                segmented_property_type=codes.SCT.Lung,
                algorithm_type="MANUAL",
            )
            for number, label in enumerate(segments, start=1)
        ],
        series_instance_uid=hd.UID(),
        series_number=1000,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="made",
        manufacturer_model_name="made",
        software_versions="1",
        device_serial_number="1",
    )
    change(seg)
    seg.save_as(path)
    return path


def rtstruct_file(
    path: Path,
    rois: dict[str, Sequence[Any]],
    *,
    kind: str = "CLOSED_PLANAR",
    change: Callable[[Dataset], None] = lambda dataset: None,
) -> Path:
    """Write an RTSTRUCT of ROIs, each a list of contours (n, 3) in LPS mm."""
    dataset = _file(RTStructureSetStorage, "RTSTRUCT")
    dataset.StructureSetLabel = "made"
    dataset.StructureSetROISequence = []
    dataset.ROIContourSequence = []
    for number, (name, contours) in enumerate(rois.items(), start=1):
        roi, drawn = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName, roi.ROIGenerationAlgorithm = number, name, "MANUAL"
        drawn.ReferencedROINumber = number
        drawn.ContourSequence = [_contour(points, kind) for points in contours]
        dataset.StructureSetROISequence.append(roi)
        dataset.ROIContourSequence.append(drawn)
    change(dataset)
    dataset.save_as(path, enforce_file_format=True)
    return path


def _contour(points: Any, kind: str) -> Dataset:
    item = Dataset()
    numbers = np.asarray(points, dtype=float)
    item.ContourGeometricType = kind
    item.NumberOfContourPoints = len(numbers)
    item.ContourData = [f"{number:.8g}" for number in numbers.ravel()]
    return item


def _slices(image: sitk.Image) -> list[Dataset]:
    columns, rows, slices = image.GetSize()
    turn = np.reshape(image.GetDirection(), (3, 3))
    study, series, frame = hd.UID(), hd.UID(), hd.UID()
    made = []
    for index in range(slices):
        header = _file(CTImageStorage, "CT")
        header.StudyInstanceUID, header.SeriesInstanceUID = study, series
        header.FrameOfReferenceUID = frame
        header.Rows, header.Columns, header.InstanceNumber = rows, columns, index + 1
        header.PixelSpacing = [image.GetSpacing()[1], image.GetSpacing()[0]]
        header.SliceThickness = image.GetSpacing()[2]
        header.ImageOrientationPatient = [f"{n:.10g}" for n in (*turn[:, 0], *turn[:, 1])]
        place = image.TransformIndexToPhysicalPoint((0, 0, index))
        header.ImagePositionPatient = [f"{n:.10g}" for n in place]
        made.append(header)
    return made


def _file(sop_class: str, modality: str) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = sop_class, ExplicitVRLittleEndian
    meta.MediaStorageSOPInstanceUID = hd.UID()
    header = FileDataset("made", {}, file_meta=meta, preamble=b"\0" * 128)
    header.SOPClassUID, header.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    header.Modality, header.PatientID, header.PatientName = modality, "made", "made^"
    header.StudyInstanceUID, header.SeriesInstanceUID = hd.UID(), hd.UID()
    header.PatientBirthDate = header.PatientSex = header.StudyDate = header.StudyTime = ""
    header.AccessionNumber = header.StudyID = header.ReferringPhysicianName = ""
    return header
