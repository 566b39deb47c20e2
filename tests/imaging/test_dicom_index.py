"""Series are indexed by headers, with any folders and file names."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from pydicom.dataset import Dataset

from lnmbench import UserError
from lnmbench.imaging.dicom_index import index_folder
from lnmbench.imaging.series import find_image


def _segmentation(
    dicom_files: ModuleType, path: Path, modality: str, **references: list[Dataset]
) -> None:
    header = dicom_files.ct_header(uid="1.2.3.77", number=1000, patient="made")
    header.Modality = modality
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = "1.2.3.77.1"
    for name, value in references.items():
        setattr(header, name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    header.save_as(path, enforce_file_format=True)


def _item(**values: object) -> Dataset:
    item = Dataset()
    for name, value in values.items():
        setattr(item, name, value)
    return item


NBIA = "manifest-1/NSCLC Radiogenomics/R01-001/09-06-1990-NA-CT-98785/{}-NA-1/1-{:03d}.dcm"
IDC = "nsclc/R01-001/1.2.3/CT_{}/{:03d}.dcm"
FLAT = "{}_{:05d}"


@pytest.mark.parametrize("layout", [NBIA, IDC, FLAT])
def test_layouts_give_the_same_series(tmp_path: Path, dicom_files: ModuleType, layout: str) -> None:
    for uid, number, slices in (("1.2.3.4", 2, 5), ("1.2.3.5", 3, 4)):
        dicom_files.write_series(
            tmp_path / "raw", dicom_files.hu_of(slices), uid=uid, number=number
        )
        for file in sorted((tmp_path / "raw").iterdir()):
            place = tmp_path / "tree" / layout.format(number, int(file.stem))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, place)
    (tmp_path / "tree" / "metadata.csv").write_text("Series UID\n")
    result = index_folder(tmp_path / "tree")
    assert [(s.uid, s.number, s.size, s.patient) for s in result] == [
        ("1.2.3.4", 2, 5, "made"),
        ("1.2.3.5", 3, 4, "made"),
    ]
    assert [len(series.files) for series in result] == [5, 4]
    assert index_folder(tmp_path / "tree", threads=1) == result


def test_frames_of_an_enhanced_ct_are_counted(tmp_path: Path, dicom_files: ModuleType) -> None:
    dicom_files.write_enhanced(tmp_path / "e.dcm", dicom_files.hu_of(4), [2, 0, 1, 3])
    (series,) = index_folder(tmp_path)
    assert (series.size, len(series.files)) == (4, 1)
    assert series.orientation == dicom_files.AXIAL
    assert index_folder(tmp_path / "e.dcm") == (series,)


def test_references_of_segmentations_are_found_wherever_they_stand(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    dicom_files.write_series(tmp_path / "ct", dicom_files.hu_of(3))
    series = _item(SeriesInstanceUID="1.2.3.4")
    study = _item(RTReferencedSeriesSequence=[series])
    frame = _item(FrameOfReferenceUID="1.9", RTReferencedStudySequence=[study])
    image = _item(ReferencedSOPInstanceUID="1.2.3.4.2")
    source = _item(DerivationImageSequence=[_item(SourceImageSequence=[image])])
    contour = _item(ContourSequence=[_item(ContourImageSequence=[image])])
    ways = {
        "SEG-1": {"ReferencedSeriesSequence": [series]},
        "SEG-2": {
            "StudiesContainingOtherReferencedInstancesSequence": [
                _item(ReferencedSeriesSequence=[series])
            ]
        },
        "SEG-3": {"PerFrameFunctionalGroupsSequence": [source]},
        "SEG-4": {"SourceImageSequence": [image]},
        "RTSTRUCT-1": {"ReferencedFrameOfReferenceSequence": [frame]},
        "RTSTRUCT-2": {"ROIContourSequence": [contour]},
    }
    for name, references in ways.items():
        path = tmp_path / "seg" / "1-1.dcm"
        _segmentation(dicom_files, path, name.partition("-")[0], **references)
        (drawn,) = (s for s in index_folder(tmp_path) if s.modality != "CT")
        assert drawn.references == ("1.2.3.4",), name


def test_the_real_segmentations_reference_their_series(shared_data: Path) -> None:
    for folder in ("liver", "rtstruct"):
        ct, drawn = sorted(index_folder(shared_data / "dicom" / folder), key=lambda s: s.modality)
        assert ct.modality == "CT"
        assert drawn.references == (ct.uid,)


def test_what_is_no_dicom_is_passed_over(tmp_path: Path, dicom_files: ModuleType) -> None:
    dicom_files.write_series(tmp_path / "a", dicom_files.hu_of(3))
    for name in ("LICENSE", "metadata.csv", "short"):
        (tmp_path / "a" / name).write_bytes(b"x" * 9)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (series,) = index_folder(tmp_path)
    assert series.size == 3


def test_a_damaged_file_counts_to_the_one_series_of_its_folder(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    dicom_files.write_series(tmp_path / "a", dicom_files.hu_of(3))
    (tmp_path / "a" / "004.dcm").write_bytes(b"")
    (series,) = index_folder(tmp_path)
    assert series.size == 4
    dicom_files.write_series(tmp_path / "a", dicom_files.hu_of(3), uid="1.2.3.5", name="b{}".format)
    assert sorted(s.modality for s in index_folder(tmp_path)) == ["CT", "CT", "damaged"]


@pytest.mark.parametrize("content", [b"", bytes(100), bytes(5000), b"II*\0" + bytes(60)])
def test_a_blank_file_that_is_named_as_the_slices_are_is_damaged(
    tmp_path: Path, dicom_files: ModuleType, content: bytes
) -> None:
    dicom_files.write_series(tmp_path, dicom_files.hu_of(4), name="IM{}".format)
    (tmp_path / "README").write_text("four slices", encoding="utf-8")
    (tmp_path / "thumbs.bin").write_bytes(bytes(200))
    assert find_image(tmp_path).image.GetDepth() == 4
    (tmp_path / "IM3").write_bytes(content)
    with pytest.raises(UserError, match="IM3"):
        find_image(tmp_path)


def test_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        index_folder(tmp_path / "absent")


def test_headers_that_break_rules_are_read_without_a_word(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    def change(index: int, header: Dataset) -> None:
        header.add_new("ContentDate", "LO", "no date")
        header.StudyDescription = "x" * 90

    dicom_files.write_series(tmp_path, np.zeros((2, 32, 32)), change=change, number=None)
    (series,) = index_folder(tmp_path)
    assert series.number is None


def test_a_binary_file_that_begins_like_dicom_is_passed_over(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    dicom_files.write_series(tmp_path, dicom_files.hu_of(3))
    (tmp_path / "binary").write_bytes(b"\x08\0\x05\0CS\x0a\0ISO_IR 100" + bytes(500))
    (tmp_path / "cut").write_bytes(b"DICM\2\0\0\0")
    with pytest.raises(UserError, match="cut is not a CT image"):
        find_image(tmp_path)
    (tmp_path / "cut").unlink()
    (tmp_path / "._000.dcm").write_bytes(b"\0\5\x16\7" + bytes(4092))
    (series,) = index_folder(tmp_path)
    assert series.size == 3
