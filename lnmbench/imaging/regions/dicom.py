"""Opens the DICOM objects that hold regions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from lnmbench.errors import UserError

SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"

# What a region needs is checked where it is read; oddities elsewhere in a header are no matter.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE


def sop_class(path: Path) -> str | None:
    """Return the SOP class of a DICOM file, or None where it is no DICOM file."""
    with reading(path):
        try:
            header = pydicom.dcmread(path, force=_named(path), specific_tags=["SOPClassUID"])
        except InvalidDicomError:
            return None
        return str(header.get("SOPClassUID", ""))


def open_object(path: Path, expected: str, classes: tuple[str, ...]) -> Dataset:
    """Return the whole data set of one of the SOP classes. Raises `UserError` for another file."""
    with reading(path):
        try:
            dataset = pydicom.dcmread(path, force=_named(path))
        except InvalidDicomError:
            raise UserError(f"{path} is no DICOM file", expected=expected) from None
        found = dataset.get("SOPClassUID", "")
    if found not in classes:
        raise UserError(
            f"{path} is another kind of DICOM object",
            expected=expected,
            got=_class_name(found),
        )
    return dataset


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever pydicom and highdicom raise over a damaged file into a `UserError`."""
    try:
        yield
    except (UserError, InvalidDicomError):
        raise
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or str(error)) from error
    except Exception as error:
        # Damaged headers surface as any exception that there is: KeyError, struct.error, …
        raise UserError(
            f"{path} is damaged or incomplete", got=f"{type(error).__name__}: {error}"[:160]
        ) from error


def _named(path: Path) -> bool:
    """Whether a file is DICOM by its name: older exports lack the mark at its beginning."""
    return path.suffix.lower() in (".dcm", ".dicom")


def _class_name(uid: object) -> str:
    name = getattr(uid, "name", "")
    return name or "no SOP class"
