"""Troubles of patients: one scan, PatientID or date of birth in several cases."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from lnmbench.records import Choice, Cohort, Preprocessing
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, ingest
from lnmbench.store.cohort_file import read_cohort

SPACING_MM = (0.8, 0.8, 4.0)
ORIGIN_MM = (-31.0, -140.0, -220.0)
TUMOR = np.zeros((8, 24, 28), np.uint8)
TUMOR[3:6, 8:14, 10:18] = 1
COLUMNS = """
[columns.id]
role = "id"

[columns.n1]
role = "target"
kind = "binary"
label = "n1"
categories = ["0", "1"]
"""


def ingest_scans(
    folder: Path, scans: dict[str, Path], patients: str = ""
) -> tuple[Cohort, list[str]]:
    """Ingest cases with these DICOM folders, and return the cohort and the lines of the console."""
    mask = sitk.GetImageFromArray(TUMOR)
    mask.SetSpacing(SPACING_MM)
    mask.SetOrigin(ORIGIN_MM)
    sitk.WriteImage(mask, str(folder / "mask.nii.gz"))
    names = patients.split() or list(scans)
    rows = [
        f"{case},{path},mask.nii.gz,{name}\n"
        for (case, path), name in zip(scans.items(), names, strict=True)
    ]
    header = f"case,image,region,{'patient' if patients else 'ward'}\n"
    (folder / "cases.csv").write_text(header + "".join(rows), encoding="utf-8")
    table = "".join(f"{case},{number % 2}\n" for number, case in enumerate(scans))
    (folder / "clinical.csv").write_text(f"id,n1\n{table}", encoding="utf-8")
    (folder / "columns.toml").write_text(COLUMNS, encoding="utf-8")
    progress = Lines()
    files = {"manifest": "cases.csv", "table": "clinical.csv", "columns": "columns.toml"}
    path = ingest(
        Choice(name="folder", parameters={key: str(folder / name) for key, name in files.items()}),
        Registry(),
        home=folder / "home",
        workers=1,
        progress=progress,
        options=IngestOptions(preprocessing=Preprocessing(spacing_mm=SPACING_MM, patch=16)),
    )
    content = b"".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())
    assert b"4711" not in content
    assert b"19500312" not in content
    return read_cohort(path), progress.lines


class Lines:
    """Progress that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def start(self, *_: object) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def finish(self) -> None: ...


def write_series(folder: Path, seed: int, **headers: str) -> Path:
    """Write soft tissue in air, other voxels for another seed, as a CT series."""
    folder.mkdir(parents=True)
    hu = np.random.default_rng(seed).integers(-60, 60, TUMOR.shape).astype(np.int16)
    hu[:, :3] = -1000
    for index, plane in enumerate(hu):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = (
            CTImageStorage,
            ExplicitVRLittleEndian,
        )
        meta.MediaStorageSOPInstanceUID = f"1.2.{seed}.{index}"
        ct = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
        ct.SOPClassUID, ct.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        ct.Modality, ct.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
        ct.StudyInstanceUID, ct.SeriesInstanceUID = f"1.3.{seed}", f"1.4.{seed}"
        ct.FrameOfReferenceUID, ct.SeriesNumber, ct.PatientID = f"1.5.{seed}", 2, f"{seed}"
        ct.ImagePositionPatient = [*ORIGIN_MM[:2], ORIGIN_MM[2] + index * SPACING_MM[2]]
        ct.ImageOrientationPatient, ct.PixelSpacing = [1, 0, 0, 0, 1, 0], list(SPACING_MM[:2])
        ct.RescaleSlope, ct.RescaleIntercept = 1, -1024
        ct.Rows, ct.Columns = plane.shape
        ct.SamplesPerPixel, ct.PhotometricInterpretation = 1, "MONOCHROME2"
        ct.BitsAllocated, ct.BitsStored, ct.HighBit, ct.PixelRepresentation = 16, 16, 15, 0
        ct.PixelData = (plane + 1024).astype("<u2").tobytes()
        for name, value in headers.items():
            setattr(ct, name, value)
        ct.save_as(folder / f"{index}", enforce_file_format=True)
    return folder


def two_cases_of_one_scan(folder: Path) -> None:
    """Two tumors, two rows, one folder (or a link or a copy of it), and no column of patients."""
    scan, other = write_series(folder / "a", 1), write_series(folder / "b", 2)
    (folder / "link").symlink_to(scan)
    shutil.copytree(scan, folder / "copy", copy_function=shutil.copyfile)
    scans = {"A": scan, "B": folder / "link" / ".", "C": folder / "copy", "D": other}
    cohort, lines = ingest_scans(folder, scans)
    assert cohort.groups == ("A", "A", "A", "D")
    assert any("3 cases of 1 patient by their images" in line for line in lines)


def one_patient_id_under_two_cases(folder: Path) -> None:
    """Two scans of a patient are two cases of the table."""
    scans = {
        name: write_series(folder / name, seed, PatientID="4711")
        for seed, name in enumerate("AB", start=1)
    }
    scans["C"] = write_series(folder / "C", 3)
    cohort, lines = ingest_scans(folder, scans)
    assert cohort.groups == ("A", "A", "C")
    assert any("the same DICOM PatientID" in line for line in lines)


def one_patient_id_under_two_patients(folder: Path) -> None:
    """The table states two patients for one PatientID: one of the two is wrong."""
    scans = {
        name: write_series(folder / name, seed, PatientID="4711")
        for seed, name in enumerate("AB", start=1)
    }
    scans["C"] = write_series(folder / "C", 3)
    cohort, lines = ingest_scans(folder, scans, "p q r")
    assert cohort.ids == ("C",)
    assert any("the same DICOM PatientID as a case of another patient" in line for line in lines)


def one_date_of_birth(folder: Path) -> None:
    """Two ids of one person, after a change of the hospital's system."""
    person = {"PatientBirthDate": "19500312", "PatientSex": "F"}
    scans = {
        name: write_series(folder / name, seed, **person) for seed, name in enumerate("AB", start=1)
    }
    cohort, lines = ingest_scans(folder, scans)
    assert cohort.groups == ("A", "B")
    assert any("one date of birth and sex (e.g. 'A' and 'B'" in line for line in lines)


def one_id_of_all(folder: Path) -> None:
    """An anonymizer gave all scans one PatientID."""
    scans = {
        name: write_series(folder / name, seed, PatientID="CASE", PatientBirthDate="19000101")
        for seed, name in enumerate("ABC", start=1)
    }
    cohort, lines = ingest_scans(folder, scans)
    assert cohort.groups == ("A", "B", "C")
    assert any("3 cases have the same DICOM PatientID" in line for line in lines)


def swapped_paths(folder: Path) -> None:
    """Two rows of the manifest have each other's paths; ids are PatientIDs."""
    scans = {
        case: write_series(folder / case, seed, PatientID=patient)
        for seed, (case, patient) in enumerate((("A", "B"), ("B", "A"), ("C", "C")), start=1)
    }
    _, lines = ingest_scans(folder, scans)
    assert any("2 cases have images that state the id of another case" in line for line in lines)


TROUBLES: dict[str, Callable[[Path], None]] = {
    "two cases are from one scan": two_cases_of_one_scan,
    "two cases have one PatientID": one_patient_id_under_two_cases,
    "one PatientID stands under two patients": one_patient_id_under_two_patients,
    "two patients have one date of birth": one_date_of_birth,
    "all scans have one PatientID": one_id_of_all,
    "two rows have each other's images": swapped_paths,
}
