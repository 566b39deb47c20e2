"""DICOM objects that contain regions."""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from lnmbench.errors import UserError
from lnmbench.imaging.headers import may_be_dicom, read_dicom, reading, sop_class_name

SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"


def sop_class(path: Path) -> str | None:
    """Return the SOP class of a DICOM file, or None for another file."""
    with reading(path):
        try:
            header = read_dicom(path, force=may_be_dicom(path), specific_tags=["SOPClassUID"])
        except InvalidDicomError:
            return None
        return str(header.get("SOPClassUID", ""))


def open_object(path: Path, expected: str, classes: tuple[str, ...]) -> Dataset:
    """Return the whole data set of a DICOM object.

    Parameters
    ----------
    path
        The file.
    expected
        The object in words, for error messages.
    classes
        SOP classes of the object.

    Raises
    ------
    UserError
        For a file of another class, a damaged one, and one that is not DICOM.
    """
    with reading(path):
        try:
            dataset = read_dicom(path, force=may_be_dicom(path))
        except InvalidDicomError:
            raise UserError(f"{path} is not a DICOM file", expected=expected) from None
        sop_class_uid = str(dataset.get("SOPClassUID", ""))
    if sop_class_uid not in classes:
        raise UserError(
            f"{path} is another kind of DICOM object",
            expected=expected,
            got=sop_class_name(sop_class_uid),
        )
    return dataset
