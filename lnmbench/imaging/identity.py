"""Header values that tell whose scan a DICOM image is."""

from __future__ import annotations

from pathlib import Path

from lnmbench.imaging.headers import read_dicom
from lnmbench.imaging.silence import suppress_warnings
from lnmbench.records import Identity

_TAGS = {
    "patient_id": "PatientID",
    "issuer": "IssuerOfPatientID",
    "birth_date": "PatientBirthDate",
    "sex": "PatientSex",
    "study": "StudyInstanceUID",
}


@suppress_warnings
def read_identity(path: Path) -> Identity:
    """Return the identity in the header of a DICOM file, empty where it cannot be read."""
    try:
        header = read_dicom(
            path,
            stop_before_pixels=True,
            specific_tags=["SpecificCharacterSet", *_TAGS.values()],
        )
        return Identity(**{name: str(header.get(tag) or "").strip() for name, tag in _TAGS.items()})
    except Exception:  # a broken file may make pydicom raise anything
        return Identity()
