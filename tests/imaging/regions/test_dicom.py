"""DICOM objects by their class."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.imaging.regions.dicom import SEGMENTATION, STRUCTURE_SET, open_object, sop_class

SQUARE = [[(-19.0, -29.0, -95.0), (-15.0, -29.0, -95.0), (-15.0, -25.0, -95.0)]]


def test_an_object_is_opened_by_its_class(write_rtstruct) -> None:
    path = write_rtstruct({"GTV": SQUARE})
    assert sop_class(path) == STRUCTURE_SET
    dataset = open_object(path, "a DICOM RTSTRUCT", (STRUCTURE_SET,))
    assert dataset.StructureSetROISequence[0].ROIName == "GTV"


def test_another_class_is_named_and_another_file_is_none(tmp_path: Path, write_rtstruct) -> None:
    path = write_rtstruct({"GTV": SQUARE})
    with pytest.raises(UserError, match="expected a DICOM SEG, got RT Structure Set Storage"):
        open_object(path, "a DICOM SEG", SEGMENTATION)
    (tmp_path / "text").write_text("no DICOM")
    assert sop_class(tmp_path / "text") is None
    with pytest.raises(UserError, match="is not a DICOM file: expected a DICOM SEG"):
        open_object(tmp_path / "text", "a DICOM SEG", SEGMENTATION)
