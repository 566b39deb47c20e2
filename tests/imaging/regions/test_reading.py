"""Regions are read by the content of the file, not by its name."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions import read_region


def test_dicom_objects_are_known_by_their_class(image, write_seg, write_rtstruct) -> None:
    blob = np.zeros((6, 10, 12))
    blob[2, 3:5, 4:6] = 1
    seg = write_seg(image, {"GTV": blob})
    named_otherwise = seg.rename(seg.with_name("00000001"))
    assert read_region(named_otherwise, image, "G?V").note.startswith("segment 1 'GTV'")
    index = [(3, 2, 1), (8, 2, 1), (8, 6, 1), (3, 6, 1)]
    contour = [image.TransformIndexToPhysicalPoint(corner) for corner in index]
    rtstruct = write_rtstruct({"GTV": [contour]})
    assert read_region(rtstruct, image).note.startswith("ROI 1 'GTV'")


def test_a_folder_means_the_only_file_in_it(tmp_path, image) -> None:
    folder = tmp_path / "1000.000000-segmentation"
    (folder / "inner").mkdir(parents=True)
    mask = sitk.Cast(image, sitk.sitkUInt8)
    mask[3, 3, 3] = 1
    sitk.WriteImage(mask, str(folder / "inner" / "mask.nrrd"))
    (folder / ".DS_Store").write_text("x")
    assert read_region(folder, image).note == "label 1 of 1: 1 voxel"
    (folder / "notes.txt").write_text("x")
    with pytest.raises(UserError, match="expected one file, got 2 files"):
        read_region(folder, image)


def test_a_file_of_another_kind_is_refused(tmp_path, image) -> None:
    (tmp_path / "report.pdf").write_bytes(b"%PDF" + bytes(500))
    with pytest.raises(UserError, match="contains no region.*got no DICOM file"):
        read_region(tmp_path / "report.pdf", image)
    with pytest.raises(UserError, match="no region file"):
        read_region(tmp_path / "absent.dcm", image)
