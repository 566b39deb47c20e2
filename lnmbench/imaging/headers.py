"""What may be told of a DICOM header.

One damaged byte of a length makes any value run on into the next ones, the patient's name among
them, and exceptions of pydicom and highdicom quote values. So a value is told only if it is one of
the terms that the standard has for it, and of an exception only its kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID, ImplicitVRLittleEndian

from lnmbench.errors import UserError
from lnmbench.imaging.silence import quietly

# What is needed is checked where it is read; oddities elsewhere in a header are no matter.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

UNKNOWN = "unknown"
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
# Those that archives of tumor imaging hold; PS3.3, C.7.3.1.1.1.
MODALITIES = frozenset(
    (
        *("CT", "MR", "PT", "NM", "US", "CR", "DX", "MG", "XA", "RF", "SC", "OT", "DOC", "SM"),
        *("SEG", "RTSTRUCT", "RTDOSE", "RTPLAN", "RTIMAGE", "RTRECORD", "RWV", "REG", "FID"),
        *("SR", "PR", "KO", "ANN", "PLAN", "SURF", "M3D", "DG", "ES", "GM", "IO", "PX", "XC"),
    )
)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever is raised over a damaged file into a `UserError` that quotes nothing of it.

    `InvalidDicomError` goes through: a file without the mark of DICOM is not a damaged one.
    """
    try:
        with quietly:
            yield
    except (UserError, InvalidDicomError):
        raise
    except OSError as error:
        raise UserError(
            f"cannot read {path}", got=error.strerror or "a fault of the disk"
        ) from error
    except Exception as error:
        # Damaged headers surface as any exception that there is: KeyError, struct.error, …
        raise UserError(
            f"{path} is damaged or incomplete",
            got=f"a DICOM header that cannot be read ({type(error).__name__})",
            then="download it again",
        ) from error


def term(value: object, terms: Collection[str]) -> str:
    r"""Return a value of a header in capitals if it is one of the terms, else `unknown`.

    Empty values stay empty.

    Examples
    --------
    >>> term("ct", MODALITIES), term("CT\x00\x10PNNobody^Made", MODALITIES), term(None, MODALITIES)
    ('CT', 'unknown', '')
    """
    text = str(value or "").strip().upper()
    return text if text in terms or not text else UNKNOWN


def sop_class_name(uid: object) -> str:
    """Return the standard's name of a SOP class."""
    if not uid:
        return "no SOP class"
    known = UID(str(uid))
    return str(known.name) if known.type else "an unknown SOP class"


def transfer_syntax(header: pydicom.Dataset) -> UID | None:
    """Return the standard transfer syntax that a file states, None where it is another.

    Files of old without this statement are implicit little endian.
    """
    meta = getattr(header, "file_meta", None)
    stated = UID(str((meta.get("TransferSyntaxUID") if meta else None) or ImplicitVRLittleEndian))
    return stated if stated.type == "Transfer Syntax" else None


def require_pixels(path: Path) -> None:
    """Raise `UserError` for a DICOM file without pixel data."""
    with reading(path):
        there = pydicom.dcmread(path, specific_tags=list(_PIXELS), force=True).dir()
    if not set(_PIXELS) & set(there):
        raise UserError(
            f"{path} has no pixel data", then="download the file again, or leave the series out"
        )
