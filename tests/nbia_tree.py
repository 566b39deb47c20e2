"""A download of the NBIA Data Retriever: NSCLC Radiogenomics with phantom images.

The patients, their stages and the table are the real collection's; the CT are renderings of the
data set `synthetic`, so results do not hold for the patients. Each patient has

* a study with a SCOUT, the thin axial CT that the SEG was drawn on (series 3), a thicker one of
  the same chest (series 4), coronals (series 5), and the SEG (series 1000);
* an earlier PET/CT with more slices than any of these, in another frame of reference;
* for every fourth patient a segmentation by an algorithm (series 300), which is wrong on purpose.

Every identifying header contains one of the texts in `PRIVATE`, or is a UID that begins with
`ROOT_UID`. In a shell: `python tests/nbia_tree.py TABLE FOLDER`.
"""

from __future__ import annotations

import csv
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import highdicom as hd
import numpy as np
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    PositronEmissionTomographyImageStorage,
    RTStructureSetStorage,
)

ROOT_UID = "1.2.826.0.1.3680043.8.498.77"
PRIVATE = (
    *("Quitzow", "Adelheid", "19370421", "ACC7731902", "Dr^Hollenstein", "Musterklinik"),
    *("called her daughter", "98765MRN", "Lindenallee 4"),
)
COLLECTION = "NSCLC Radiogenomics"
STANFORD, ALGORITHM = 1000, 300
_AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A written download: its folder, its table, and the tumor voxels of each patient's SEG."""

    root: Path
    table: Path
    voxels: Mapping[str, int]

    @property
    def patients(self) -> tuple[str, ...]:
        return tuple(self.voxels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One study of a patient, and the folder of its series."""

    patient: str
    number: int
    description: str
    date: str
    folder: Path

    @property
    def uid(self) -> str:
        return f"{ROOT_UID}.{_digits(self.patient)}.{self.number}"

    @property
    def path(self) -> Path:
        day = f"{self.date[4:6]}-{self.date[6:]}-{self.date[:4]}"
        return self.folder / self.patient / f"{day}-NA-{self.description}-{self.uid[-5:]}"

    def series_uid(self, number: int) -> str:
        return f"{self.uid}.{number}.4711"


def write_nbia_tree(root: Path, table: Path, *, patients: int = 20, shrink: int = 2) -> Tree:
    """Write a download of `patients` patients with pathology, and a copy of the table.

    About a third of them are pN2, a fifth pN1. In plane the CT have 512 / shrink pixels.
    """
    base = root / "manifest-1603198545583"
    base.mkdir(parents=True)
    (base / "LICENSE").write_text("made for a test\n")
    copy = base / table.name
    shutil.copyfile(table, copy)
    copy.chmod(0o644)
    voxels = {}
    for index, patient in enumerate(choose_patients(table, patients)):
        voxels[patient] = _write_patient(base / COLLECTION, patient, index, shrink)
    return Tree(root=root, table=copy, voxels=voxels)


def choose_patients(table: Path, count: int) -> list[str]:
    """Return ids of patients with known stages, N2 and N1 among them, in the table's order."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = [{k.strip(): v.strip() for k, v in row.items()} for row in csv.DictReader(file)]
    known = [row for row in rows if row["Pathological T stage"][:2] in ("T1", "T2", "T3", "T4")]
    counts = {"N2": count * 7 // 20, "N1": count // 5}
    counts["N0"] = count - sum(counts.values())
    ids = {
        row_id
        for stage, number in counts.items()
        for row_id in [_id(row) for row in known if row["Pathological N stage"] == stage][:number]
    }
    return [_id(row) for row in known if _id(row) in ids]


def _id(row: Mapping[str, str]) -> str:
    return row.get("Patient ID") or row["Case ID"]


def _write_patient(folder: Path, patient: str, index: int, shrink: int) -> int:
    hu, mask, spacing_mm, origin = _phantom(index, shrink)
    chest = Study(
        patient=patient,
        number=1,
        description="CT CHEST ABD PELVIS WITH CON",
        date=f"1990{index % 9 + 1:02d}0{index % 7 + 1}",
        folder=folder,
    )
    frame = f"{chest.uid}.999"
    write_series(chest, 1, "SCOUT", hu[:1], spacing_mm, origin, frame, kind="LOCALIZER")
    thin = write_series(chest, 3, "THORAX 1.0 B45f", hu, spacing_mm, origin, frame)
    thick = (*spacing_mm[:2], 2 * spacing_mm[2])
    write_series(chest, 4, "THORAX 5.0 B31f", hu[::2], thick, origin, frame)
    write_series(
        chest,
        5,
        "CORONAL",
        np.ascontiguousarray(hu[:, ::32].swapaxes(0, 1)[:, ::-1]),
        (spacing_mm[0], spacing_mm[2], 32 * spacing_mm[1]),
        (origin[0], origin[1], origin[2] + (len(hu) - 1) * spacing_mm[2]),
        frame,
        plane=_CORONAL,
    )
    names = ("3D Slicer segmentation result", "ePAD Generated DSO")
    write_seg(chest, STANFORD, names[index % 3 == 2], thin, mask, "Neoplasm")
    if index % 4 == 0:
        write_seg(chest, ALGORITHM, "Segmentation", thin, np.roll(mask, 9, axis=2), "Tumor")
    _write_petct(folder, patient, hu, spacing_mm)
    return int(mask.sum())


def _phantom(
    index: int, shrink: int
) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float], tuple[float, float, float]]:
    """Return HU and tumor (z, y, x), spacing and origin along x, y, z."""
    from lnmbench_synthetic.dataset import Synthetic

    volume = next(
        case.volume for i, case in enumerate(Synthetic(n=index + 1).cases()) if i == index
    )
    assert volume is not None
    rendered = volume()
    hu = sitk.GetArrayFromImage(rendered.image)[:, ::shrink, ::shrink]
    mask = sitk.GetArrayFromImage(rendered.mask)[:, ::shrink, ::shrink]
    x, y, z = rendered.image.GetSpacing()
    return hu, mask, (x * shrink, y * shrink, z), rendered.image.GetOrigin()


def _write_petct(
    folder: Path, patient: str, hu: np.ndarray, spacing_mm: tuple[float, float, float]
) -> None:
    study = Study(
        patient=patient,
        number=2,
        description="PET CT LUNG CANCER",
        date="19901017",
        folder=folder,
    )
    frame = f"{study.uid}.999"
    coarse = np.repeat(hu[:, ::8, ::8], 2, axis=0)
    spacing = (8 * spacing_mm[0], 8 * spacing_mm[1], spacing_mm[2] / 2)
    origin = (-100.0, -100.0, 0.0)
    write_series(study, 2, "CT ATTENUATION", coarse, spacing, origin, frame)
    write_series(study, 8, "PET AC", coarse[:4], spacing, origin, frame, modality="PT")


def write_series(
    study: Study,
    number: int,
    description: str,
    values: np.ndarray,
    spacing_mm: Sequence[float],
    origin: Sequence[float],
    frame: str,
    *,
    plane: Sequence[float] = _AXIAL,
    kind: str = "AXIAL",
    modality: str = "CT",
) -> list[FileDataset]:
    """Write a stack of slices (n, rows, columns), and return it as DICOM data sets."""
    folder = series_folder(study, number, description)
    step = np.cross(plane[:3], plane[3:]) * spacing_mm[2]
    written = []
    for index, image in enumerate(values):
        header = make_header(study, number, description, modality, frame)
        header.InstanceNumber, header.AcquisitionNumber = index + 1, 1
        header.SOPInstanceUID = f"{header.SeriesInstanceUID}.{index + 1}"
        header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
        header.ImageType = ["DERIVED" if plane == _CORONAL else "ORIGINAL", "PRIMARY", kind]
        header.ImageOrientationPatient = list(plane)
        header.ImagePositionPatient = [f"{v:.6f}" for v in np.asarray(origin) + index * step]
        header.PixelSpacing = [f"{spacing_mm[1]:.6f}", f"{spacing_mm[0]:.6f}"]
        header.SliceThickness = f"{spacing_mm[2]:.6f}"
        _set_pixels(header, image)
        header.save_as(folder / _file_name(index, len(values)), enforce_file_format=True)
        written.append(header)
    return written


def write_seg(
    study: Study,
    number: int,
    description: str,
    source: Sequence[FileDataset],
    mask: np.ndarray,
    label: str,
) -> None:
    segment = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label=label,
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Neoplasm,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
    )
    uid = study.series_uid(number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seg = hd.seg.Segmentation(
            source_images=list(source),
            pixel_array=mask.astype(np.uint8),
            segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
            segment_descriptions=[segment],
            series_instance_uid=uid,
            series_number=number,
            sop_instance_uid=f"{uid}.1",
            instance_number=1,
            manufacturer="made",
            manufacturer_model_name="made",
            software_versions="0",
            device_serial_number="0",
            series_description=description,
            content_creator_name="Hollenstein^Dr",
        )
    seg.ReferringPhysicianName = "Dr^Hollenstein"
    seg.save_as(series_folder(study, number, description) / "1-1.dcm", enforce_file_format=True)


def write_rtstruct(
    study: Study,
    number: int,
    description: str,
    source: Sequence[FileDataset],
    squares: Mapping[str, float],
    *,
    center: float,
    z_mm: Sequence[float],
) -> None:
    """Write an RTSTRUCT with a square of each ROI: its half side in mm, around a center x = y."""
    frame = str(source[0].FrameOfReferenceUID)
    header = make_header(study, number, description, "RTSTRUCT", frame)
    header.SOPClassUID = header.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    uid = f"{study.uid}.{number}.1"
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = uid
    header.StructureSetROISequence, header.ROIContourSequence = [], []
    for roi_number, (name, half) in enumerate(squares.items(), start=1):
        roi, contours = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID = roi_number, name, frame
        contours.ReferencedROINumber, contours.ContourSequence = roi_number, []
        corners = ((-half, -half), (half, -half), (half, half), (-half, half))
        for z in z_mm:
            contour = Dataset()
            contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", 4
            contour.ContourData = [v for x, y in corners for v in (center + x, center + y, z)]
            contours.ContourSequence.append(contour)
        header.StructureSetROISequence.append(roi)
        header.ROIContourSequence.append(contours)
    series, studies, reference = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = source[0].SeriesInstanceUID
    studies.RTReferencedSeriesSequence = [series]
    reference.FrameOfReferenceUID = frame
    reference.RTReferencedStudySequence = [studies]
    header.ReferencedFrameOfReferenceSequence = [reference]
    header.save_as(series_folder(study, number, description) / "1-1.dcm", enforce_file_format=True)


def make_header(
    study: Study, number: int, description: str, modality: str, frame: str
) -> FileDataset:
    meta = FileMetaDataset()
    storage = CTImageStorage if modality == "CT" else PositronEmissionTomographyImageStorage
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = storage, ExplicitVRLittleEndian
    header = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    header.SOPClassUID, header.Modality = storage, modality
    header.PatientID, header.PatientName = study.patient, "Quitzow^Adelheid"
    header.PatientBirthDate, header.PatientSex = "19370421", "F"
    header.OtherPatientIDs, header.PatientAddress = "98765MRN", "Lindenallee 4"
    header.PatientComments = "called her daughter about the result"
    header.AccessionNumber, header.InstitutionName = "ACC7731902", "Musterklinik"
    header.ReferringPhysicianName = "Dr^Hollenstein"
    header.StudyInstanceUID, header.StudyDescription = study.uid, study.description
    header.StudyDate, header.StudyTime, header.StudyID = study.date, "101500", ""
    header.SeriesInstanceUID, header.SeriesNumber = study.series_uid(number), number
    header.SeriesDescription, header.FrameOfReferenceUID = description, frame
    header.PositionReferenceIndicator, header.Manufacturer = "", "made"
    return header


def _set_pixels(header: FileDataset, values: np.ndarray) -> None:
    header.Rows, header.Columns = values.shape
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated, header.BitsStored, header.HighBit = 16, 16, 15
    header.PixelRepresentation = 0
    header.RescaleSlope, header.RescaleIntercept, header.RescaleType = 1, -1024, "HU"
    header.PixelData = (values.astype(np.int32) + 1024).astype(np.uint16).tobytes()


def series_folder(study: Study, number: int, description: str) -> Path:
    folder = study.path / f"{number:.6f}-{description}-{study.series_uid(number)[-5:]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _file_name(index: int, size: int) -> str:
    return f"1-{index + 1:0{len(str(size))}d}.dcm"


def _digits(patient: str) -> str:
    return "".join(character for character in patient if character.isdigit()).lstrip("0")


def files_below(root: Path) -> Iterator[Path]:
    """Yield the DICOM files of a tree."""
    yield from sorted(root.rglob("*.dcm"))


if __name__ == "__main__":
    tree = write_nbia_tree(Path(sys.argv[2]), Path(sys.argv[1]))
    print(f"{len(tree.patients)} patients below {tree.root}")
