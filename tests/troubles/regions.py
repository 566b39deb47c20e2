"""Troubles of tumor regions: masks, contours, and the paths and ids of a manifest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk
from lnmbench_table.folder import Folder
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage

from lnmbench import UserError
from lnmbench.records import Volume

SPACING_MM = (0.8, 0.8, 4.0)
ORIGIN_MM = (-31.0, -140.0, -220.0)
COLUMNS = """
[columns.id]
role = "id"

[columns.n1]
role = "target"
kind = "binary"
label = "n1"
categories = ["0", "1"]
"""


def chest(slices: int = 8) -> np.ndarray:
    """HU (slices, 24, 28) of soft tissue in air, each slice another."""
    hu = np.random.default_rng(slices).integers(-60, 60, (slices, 24, 28)).astype(np.int16)
    hu[:, :3] = -1000
    return hu


def tumor(slices: int = 8) -> np.ndarray:
    """A tumor (slices, 24, 28) on slices 3 to 5 that is not its mirror image."""
    inside = np.zeros((slices, 24, 28), np.uint8)
    inside[3:6, 8:14, 10:18] = 1
    inside[4, 14, 11] = 1
    return inside


def write_volume(path: Path, array: np.ndarray, **geometry: Any) -> Path:
    """Write an array as a volume file in the geometry above, unless another is given."""
    image = sitk.GetImageFromArray(array)
    for name, value in {"Spacing": SPACING_MM, "Origin": ORIGIN_MM, **geometry}.items():
        getattr(image, f"Set{name}")(value)
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(image, str(path))
    return path


def open_folder(
    folder: Path, rows: list[str], header: str = "case,image,region", ids: str = ""
) -> Folder:
    """Write a manifest and a table of its cases, and open the data set."""
    cases = ids.split() or [row.split(",")[0] for row in rows]
    (folder / "cases.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    table = "".join(f"{case},{number % 2}\n" for number, case in enumerate(cases))
    (folder / "clinical.csv").write_text(f"id,n1\n{table}", encoding="utf-8")
    (folder / "columns.toml").write_text(COLUMNS, encoding="utf-8")
    return Folder(folder / "cases.csv", folder / "clinical.csv", folder / "columns.toml")


def read_first(folder: Path, *args: Any, **settings: Any) -> Volume:
    """Return the volume of the first case of `open_folder`."""
    case = next(open_folder(folder, *args, **settings).cases())
    assert case.volume is not None
    return case.volume()


def refuse_mask(array: np.ndarray, words: str, **geometry: Any) -> Callable[[Path], None]:
    """Return a check that a mask of the chest is refused with these words."""

    def check(folder: Path) -> None:
        write_volume(folder / "ct.nii.gz", chest())
        write_volume(folder / "mask.nii.gz", array, **geometry)
        with pytest.raises(UserError, match=words):
            read_first(folder, ["A,ct.nii.gz,mask.nii.gz"])

    return check


def list_of_labels(folder: Path) -> None:
    """A list of labels may mean both lesions; of alternatives, one exists."""
    upper = np.arange(8)[:, None, None] > 3
    header = "case,image,region,region_name"
    write_volume(folder / "ct.nii.gz", chest())
    write_volume(folder / "mask.nii.gz", np.where(upper, 2, 1).astype(np.uint8) * tumor())
    with pytest.raises(UserError, match="2 labels match a list of numbers"):
        read_first(folder, ['A,ct.nii.gz,mask.nii.gz,"1, 2"'], header)
    mask = read_first(folder, ['A,ct.nii.gz,mask.nii.gz,"2,7"'], header).mask
    np.testing.assert_array_equal(sitk.GetArrayFromImage(mask), tumor() * upper)


def flipped_storage(folder: Path) -> None:
    """Converters store a mask from the other end than its CT; the header says so."""
    write_volume(folder / "ct.nii.gz", chest())
    mask = sitk.GetImageFromArray(tumor())
    mask.SetSpacing(SPACING_MM)
    mask.SetOrigin(ORIGIN_MM)
    flipped = sitk.Flip(mask, (True, True, False))
    assert flipped.GetDirection()[0] == -1
    sitk.WriteImage(flipped, str(folder / "mask.nrrd"))
    volume = read_first(folder, ["A,ct.nii.gz,mask.nrrd"])
    np.testing.assert_array_equal(sitk.GetArrayFromImage(volume.mask), tumor())
    assert volume.warnings == ()


def write_contours(path: Path, rois: dict[str, list[Any]]) -> Path:
    """Write an RTSTRUCT; a contour is a list of (column, row, slice) of the chest's voxels."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = (
        RTStructureSetStorage,
        ExplicitVRLittleEndian,
    )
    meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID, dataset.SOPInstanceUID = RTStructureSetStorage, "1.2.3.4"
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.Modality, dataset.PatientID, dataset.SeriesInstanceUID = "RTSTRUCT", "P", "1.2.3"
    dataset.StructureSetROISequence, dataset.ROIContourSequence = [], []
    for number, (name, contours) in enumerate(rois.items(), start=1):
        roi, drawn = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName, roi.ROIGenerationAlgorithm = number, name, "MANUAL"
        drawn.ReferencedROINumber, drawn.ContourSequence = number, []
        for contour in contours:
            item = Dataset()
            points = np.array(ORIGIN_MM) + np.array(contour, float) * SPACING_MM
            item.ContourGeometricType, item.NumberOfContourPoints = "CLOSED_PLANAR", len(points)
            item.ContourData = [f"{number:.4f}" for number in points.ravel()]
            drawn.ContourSequence.append(item)
        dataset.StructureSetROISequence.append(roi)
        dataset.ROIContourSequence.append(drawn)
    dataset.save_as(path, enforce_file_format=True)
    return path


def box(z: float, first: float = 9.5, last: float = 17.5) -> list[tuple[float, float, float]]:
    """A rectangle around columns 10 to 17 and rows 8 to 13 of the chest, if not another one."""
    return [(first, 7.5, z), (last, 7.5, z), (last, 13.5, z), (first, 13.5, z)]


def read_contours(
    contours: list[Any], warning: str = "", name: str = "GTV-1", wanted: str = ""
) -> Callable[[Path], None]:
    """Return a check that contours give boxes on slices 3 to 5, with this warning or none."""

    def check(folder: Path) -> None:
        write_volume(folder / "ct.nii.gz", chest())
        write_contours(folder / "rs.dcm", {"ISO": [], name: contours})
        header = "case,image,region,region_name"
        volume = read_first(folder, [f"A,ct.nii.gz,rs.dcm,{wanted}"], header)
        expected = np.zeros_like(tumor())
        expected[3:6, 8:14, 10:18] = 1
        np.testing.assert_array_equal(sitk.GetArrayFromImage(volume.mask), expected)
        assert [line.partition(":")[0] for line in volume.warnings] == (
            [warning] if warning else []
        )

    return check


def keyhole(folder: Path) -> None:
    """Outline, channel, hole and back in one contour, the hole in either direction."""
    write_volume(folder / "ct.nii.gz", chest())
    hole = [(12, 9.5, 4), (12, 11.5, 4), (15, 11.5, 4), (15, 9.5, 4), (12, 9.5, 4)]
    for corners in (hole, hole[::-1]):
        start = (9.5, 9.5, 4)
        contour = [box(4)[0], start, *corners, start, *box(4)[:0:-1]]
        write_contours(folder / "rs.dcm", {"GTV": [contour]})
        volume = read_first(folder, ["A,ct.nii.gz,rs.dcm"])
        expected = np.zeros_like(tumor())
        expected[4, 8:14, 10:18] = 1
        expected[4, 10:12, 13:15] = 0
        np.testing.assert_array_equal(sitk.GetArrayFromImage(volume.mask), expected)
        assert volume.warnings == ()


def labels_by_slope(folder: Path) -> None:
    """nibabel stores labels with the slope of the CT's header: 1.00001526 instead of 1."""
    write_volume(folder / "ct.nii.gz", chest())
    labels = tumor().astype(np.float64)
    labels[6, 2, 3] = 2
    stored = nib.Nifti1Image(labels.transpose(2, 1, 0), np.diag([-0.8, -0.8, 4.0, 1.0]))
    stored.affine[:3, 3] = (31.0, 140.0, -220.0)
    stored.set_data_dtype(np.int16)
    nib.save(stored, folder / "mask.nii.gz")
    header = "case,image,region,region_name"
    volume = read_first(folder, ["A,ct.nii.gz,mask.nii.gz,1"], header)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(volume.mask), tumor())


def accents_of_another_system(folder: Path) -> None:
    """Composed in the table (Windows), decomposed on the disk and in the ids (a Mac)."""
    write_volume(folder / "M.nii.gz", chest()).rename(folder / "Gro\u0308\u00dfe.nii.gz")
    write_volume(folder / "mask.nii.gz", tumor())
    rows = ["Be\u0301,Gr\u00f6\u00dfe.nii.gz,mask.nii.gz"]
    volume = read_first(folder, rows, ids="B\u00e9")
    np.testing.assert_array_equal(sitk.GetArrayFromImage(volume.mask), tumor())


def paths_of_windows(folder: Path) -> None:
    """A manifest written on Windows, with another case of letters, too."""
    write_volume(folder / "P1" / "ct.nii.gz", chest())
    write_volume(folder / "P1" / "mask.nii.gz", tumor())
    volume = read_first(folder, ["A,P1\\CT.nii.gz,.\\p1\\mask.nii.gz"])
    np.testing.assert_array_equal(sitk.GetArrayFromImage(volume.image), chest())
    with pytest.raises(UserError, match="a path of a Windows computer"):
        read_first(folder, ["A,D:\\study\\P1\\ct.nii.gz,P1/mask.nii.gz"])


def ids_of_a_spreadsheet(folder: Path) -> None:
    """A spreadsheet turned 007 into 7 in one of two tables."""
    write_volume(folder / "ct.nii.gz", chest())
    with pytest.raises(UserError, match="'7' and '007', which differ in leading zeros"):
        open_folder(folder, ["7,ct.nii.gz,mask.nii.gz"], ids="007")


TWICE = "contours that are stored twice count once"
SPECK = [(20.2, 9.2, 4), (20.4, 9.2, 4), (20.4, 9.4, 4)]
BOXES = [box(z) for z in (3, 4, 5)]
OTHER_GEOMETRY = "the size of the image, but another geometry"
TROUBLES: dict[str, Callable[[Path], None]] = {
    "a mask of the same size was drawn on another scan": refuse_mask(
        tumor(), OTHER_GEOMETRY, Origin=(-27.0, -141.0, -220.0)
    ),
    "a mask has the spacing of another reconstruction": refuse_mask(
        tumor(), OTHER_GEOMETRY, Spacing=(0.75, 0.75, 4.0)
    ),
    "a mask is shifted by half a voxel": refuse_mask(
        tumor(), OTHER_GEOMETRY, Origin=(-31.4, -140.4, -222.0)
    ),
    "a mask was saved with an identity affine": refuse_mask(
        tumor(),
        "does not state its position",
        Spacing=(1, 1, 1),
        Origin=(0, 0, 0),
        Direction=(-1, 0, 0, 0, -1, 0, 0, 0, 1),
    ),
    "a mask was saved with its axes permuted and no geometry": refuse_mask(
        tumor().transpose(2, 1, 0), "does not state", Spacing=(1, 1, 1), Origin=(0, 0, 0)
    ),
    "a mask was saved with its axes permuted": refuse_mask(
        tumor().transpose(2, 1, 0), "outside the image"
    ),
    "a mask was flipped in its header alone": refuse_mask(
        tumor(),
        "outside the image",
        Direction=(-1, 0, 0, 0, -1, 0, 0, 0, 1),
    ),
    "a mask holds the background": refuse_mask(1 - tumor(), "too large for a tumor"),
    "a mask is full": refuse_mask(np.ones_like(tumor()), "too large for a tumor"),
    "a mask is stored from the other end": flipped_storage,
    "accents are composed in the table and decomposed on the disk": accents_of_another_system,
    "paths are those of Windows": paths_of_windows,
    "ids lost their leading zeros": ids_of_a_spreadsheet,
    "a contour is stored twice": read_contours([*BOXES, BOXES[1]], TWICE),
    "a contour is stored twice, from another corner and the other way": read_contours(
        [*BOXES, [*BOXES[1][2::-1], BOXES[1][3]]], TWICE
    ),
    "all contours are stored three times": read_contours(BOXES * 3, TWICE),
    "a contour has two points": read_contours(
        [*BOXES, box(4)[:2]], "contours that enclose nothing are left out"
    ),
    "a contour is a line": read_contours(
        [*BOXES, [(1, 1, 4), (5, 5, 4), (9, 9, 4)]], "contours that enclose nothing are left out"
    ),
    "a contour is far smaller than a voxel": read_contours([*BOXES, SPECK]),
    "contours touch each other": read_contours(
        [box(3), box(4, 9.5, 13.5), box(4, 13.5, 17.5), box(5)]
    ),
    "contours go one way and the other": read_contours([box(3), box(4)[::-1], box(5)]),
    "an outline and its hole are one contour": keyhole,
    "a ROI has blanks before its name": read_contours(BOXES, name="  GTV-1 ", wanted="GTV-1"),
    "a ROI has full-width letters": read_contours(BOXES, name="ＧＴＶ－１", wanted="gtv-1"),
    "a ROI has a decomposed accent": read_contours(BOXES, name="Tumo\u0308r", wanted="Tum\u00f6r"),
    "one ROI of several has contours": read_contours(BOXES),
    "labels are rounded by a slope": labels_by_slope,
    "a mask holds probabilities": refuse_mask(tumor() * np.float32(0.7), "threshold them first"),
    "two labels are selected": list_of_labels,
    "a mask has two labels and none is selected": refuse_mask(
        tumor() * np.where(np.arange(8) > 3, 2, 1)[:, None, None].astype(np.uint8),
        "2 labels, none of them selected",
    ),
}
