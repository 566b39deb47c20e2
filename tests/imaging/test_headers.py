"""Messages quote no values of damaged headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import ExplicitVRLittleEndian

from lnmbench import UserError
from lnmbench.imaging.dicom_index import index_folder
from lnmbench.imaging.frames import read_frames
from lnmbench.imaging.headers import (
    MODALITIES,
    reading,
    sop_class_name,
    term,
    transfer_syntax,
)
from lnmbench.imaging.regions import read_region, region_from_seg
from lnmbench.imaging.series import read_image

PRIVATE = ("Nobody", "Made", "1.2.3")


def _lengths(content: bytes) -> Iterator[bytes]:
    """Yield a file with the length of each short text of its header made longer, one at a time."""
    for position in range(132, len(content) - 8):
        if content[position : position + 2] in (b"CS", b"LO", b"UI", b"IS", b"DS", b"PN"):
            yield content[: position + 2] + b"\x7e\0" + content[position + 4 :]


def test_no_length_makes_a_message_of_the_patients_name(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    paths = dicom_files.write_series(tmp_path, dicom_files.hu_of(2))
    content = paths[1].read_bytes()
    messages = []
    for damaged in _lengths(content):
        paths[1].write_bytes(damaged)
        for read in (read_image, lambda folder: read_frames(folder / "001.dcm")):
            try:
                read(tmp_path)
            except UserError as error:
                messages.append(str(error).replace(str(tmp_path), ""))
    assert len(messages) > 20
    assert not [line for line in messages if any(word in line for word in PRIVATE)]
    assert max(map(len, messages)) < 250


def test_a_damaged_modality_is_unknown_to_the_index(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    path = dicom_files.write_series(tmp_path, dicom_files.hu_of(1))[0]
    path.write_bytes(path.read_bytes().replace(b"CS\2\0CT", b"CS\x60\0CT"))
    assert {series.modality for series in index_folder(tmp_path)} <= {"unknown", "damaged"}


def test_an_object_of_an_unknown_class_is_not_quoted(
    tmp_path: Path, dicom_files: ModuleType
) -> None:
    header = dicom_files.ct_header(uid="1.2.3.4", number=1, patient="made")
    header.SOPClassUID = "1.2.3.4.5.19551231"
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    header.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    with pytest.raises(UserError, match="contains no region") as refusal:
        read_region(tmp_path / "a.dcm", sitk.Image(2, 2, 2, sitk.sitkInt16))
    assert "19551231" not in str(refusal.value)
    with pytest.raises(UserError, match="got an unknown SOP class$"):
        region_from_seg(tmp_path / "a.dcm", sitk.Image(2, 2, 2, sitk.sitkInt16))


def test_errors_while_reading_are_reported_by_their_kind(tmp_path: Path) -> None:
    damaged = pytest.raises(UserError, match=r"damaged or incomplete.*\(ValueError\)")
    with damaged as refusal, reading(tmp_path):
        raise ValueError("Nobody^Made")
    assert "Nobody" not in str(refusal.value)
    with pytest.raises(UserError, match="cannot read .*: got No such file"), reading(tmp_path):
        (tmp_path / "absent").read_bytes()


@pytest.mark.parametrize("value", ["DOE JOHN", "19551231", "CT\0", "X" * 8000, 7, ["CT", "PT"]])
def test_only_terms_of_the_standard_are_quoted(value: object) -> None:
    assert term(value, MODALITIES) == "unknown"


def test_classes_and_syntaxes_have_their_standard_names() -> None:
    assert sop_class_name("1.2.840.10008.5.1.4.1.1.2") == "CT Image Storage"
    assert sop_class_name("9.9.9") == "an unknown SOP class"
    assert sop_class_name("") == "no SOP class"
    header = pydicom.Dataset()
    assert transfer_syntax(header) == "1.2.840.10008.1.2"
    header.file_meta = pydicom.dataset.FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    assert transfer_syntax(header) == ExplicitVRLittleEndian
    for other in ("9.9.9", "1.2.840.10008.5.1.4.1.1.2"):
        header.file_meta.TransferSyntaxUID = other
        assert transfer_syntax(header) is None
