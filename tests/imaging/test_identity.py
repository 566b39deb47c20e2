"""Identity in the header of an image."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pydicom

from lnmbench.imaging.identity import read_identity
from lnmbench.imaging.series import find_image
from lnmbench.records import Identity


def test_the_values_of_the_header_are_read_without_blanks(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    def describe(index: int, header: pydicom.Dataset) -> None:
        header.PatientID, header.PatientBirthDate, header.PatientSex = " 4711 ", "19500312", "F"

    dicom_files.write_series(tmp_path, dicom_files.hu_of(3), change=describe)
    expected = Identity(patient_id="4711", birth_date="19500312", sex="F", study="1.2.3")
    assert find_image(tmp_path).identity == expected
    assert "4711" not in repr(expected)


def test_a_file_without_a_header_has_no_identity(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"none")
    assert read_identity(tmp_path / "a") == Identity()
    assert read_identity(tmp_path / "absent") == Identity()
