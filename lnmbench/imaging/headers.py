"""Safe quotation of DICOM headers in messages.

One damaged byte of a length makes any value extend over the next ones, among them the patient's
name, and exceptions of pydicom and highdicom quote values. So messages quote a value only if it is
a term of the standard, and of an exception only its class.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian
from pydicom.valuerep import VR

from lnmbench.errors import UserError
from lnmbench.errors import reading as reading_file
from lnmbench.imaging.silence import suppress_warnings

# Required values are checked when they are read; other values of a header may be invalid.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

UNKNOWN = "unknown"
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
# Modalities in archives of tumor imaging; PS3.3, C.7.3.1.1.1.
MODALITIES = frozenset(
    (
        *("CT", "MR", "PT", "NM", "US", "CR", "DX", "MG", "XA", "RF", "SC", "OT", "DOC", "SM"),
        *("SEG", "RTSTRUCT", "RTDOSE", "RTPLAN", "RTIMAGE", "RTRECORD", "RWV", "REG", "FID"),
        *("SR", "PR", "KO", "ANN", "PLAN", "SURF", "M3D", "DG", "ES", "GM", "IO", "PX", "XC"),
    )
)


_PREFIX_OFFSET, _PREFIX = 128, b"DICM"
_META_BYTES = 1 << 12
_META_LENGTH = b"\2\0\0\0UL"
_BLOCK_BYTES = 1 << 20
_MOST_UNPACKED_BYTES = 1 << 30
_SUFFIXES = (".dcm", ".dicom")
# A file without preamble begins with an element of group 2 or 8, whose type or length follows.
_FIRST_GROUPS = (0x0002, 0x0008)
_LAST_ELEMENT = 0x0100
_LONGEST_ELEMENT = 1 << 10


def has_prefix(path: Path) -> bool:
    """Return whether a file has the prefix of DICOM, after its preamble or without one."""
    with reading_file(path), path.open("rb") as file:
        head = file.read(_PREFIX_OFFSET + len(_PREFIX))
    return head.startswith(_PREFIX) or head[_PREFIX_OFFSET:] == _PREFIX


def is_blank(path: Path) -> bool:
    """Return whether a file is empty, begins with zeros alone, or ends within a preamble."""
    with reading_file(path), path.open("rb") as file:
        head = file.read(_PREFIX_OFFSET + len(_PREFIX))
    return not head.strip(b"\0") or (len(head) <= _PREFIX_OFFSET and b"\0" in head)


def may_be_dicom(path: Path) -> bool:
    """Return whether a file is DICOM by prefix, by name, or by how it begins without a prefix."""
    return has_prefix(path) or path.suffix.lower() in _SUFFIXES or begins_with_element(path)


def begins_with_element(path: Path) -> bool:
    """Return whether a file begins as DICOM without preamble does, as some old exports write it."""
    with reading_file(path), path.open("rb") as file:
        head = file.read(8)
    if len(head) < 8:
        return False
    for order in "<>":
        group, element = struct.unpack_from(f"{order}2H", head)
        if group in _FIRST_GROUPS and element <= _LAST_ELEMENT:
            explicit = head[4:6].decode("latin-1") in set(VR)
            return explicit or struct.unpack_from("<I", head, 4)[0] <= _LONGEST_ELEMENT
    return False


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn any exception about a damaged file into a `UserError` that quotes nothing of it.

    `InvalidDicomError` passes: a file without the prefix of DICOM is not a damaged one.
    """
    try:
        with suppress_warnings:
            yield
    except (UserError, InvalidDicomError):
        raise
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or "a disk error") from error
    except Exception as error:
        # damaged headers raise any kind of exception: KeyError, struct.error, …
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
    """Return the transfer syntax that a file states, None if the standard does not have it.

    Old files without this statement are implicit little endian.
    """
    meta = getattr(header, "file_meta", None)
    stated = UID(str((meta.get("TransferSyntaxUID") if meta else None) or ImplicitVRLittleEndian))
    return stated if stated.type == "Transfer Syntax" else None


def read_dicom(
    path: Path,
    *,
    force: bool = True,
    specific_tags: Sequence[str] | None = None,
    stop_before_pixels: bool = False,
) -> pydicom.FileDataset:
    """Return the elements of a DICOM file; all reading of files with pydicom goes through here.

    pydicom unpacks a deflated file as a whole, whatever part of it is read.

    Parameters
    ----------
    path
        The file.
    force
        Whether to read a file without the prefix of DICOM.
    specific_tags
        Keywords of the elements to read; None for all.
    stop_before_pixels
        Whether to leave out the pixel data.

    Raises
    ------
    UserError
        For a deflated file that unpacks to more than 1 GiB.
    """
    _require_bounded(path)
    tags = None if specific_tags is None else list(specific_tags)
    return pydicom.dcmread(
        path, force=force, specific_tags=tags, stop_before_pixels=stop_before_pixels
    )


def _require_bounded(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_META_BYTES)
        if DeflatedExplicitVRLittleEndian.encode() not in head:
            return
        start = head.find(_PREFIX) + len(_PREFIX) if _PREFIX in head[: _PREFIX_OFFSET + 4] else 0
        meta = head[start:]
        # The first element of the meta information states the length of the others.
        length = struct.unpack_from("<I", meta, 8)[0] if meta.startswith(_META_LENGTH) else 0
        file.seek(start + 12 + length)
        unpack, unpacked = zlib.decompressobj(-zlib.MAX_WBITS), 0
        while packed := (unpack.unconsumed_tail or file.read(_BLOCK_BYTES)):
            unpacked += len(unpack.decompress(packed, _BLOCK_BYTES))
            if unpacked > _MOST_UNPACKED_BYTES:
                raise UserError(
                    f"{path} unpacks to more than {_MOST_UNPACKED_BYTES >> 20} MiB",
                    expected="a deflated DICOM file of a CT",
                    then="download the file again",
                )
            if unpack.eof:
                return


def require_pixels(path: Path) -> None:
    """Raise `UserError` for a DICOM file without pixel data."""
    with reading(path):
        keywords = read_dicom(path, specific_tags=_PIXELS).dir()
    if not set(_PIXELS) & set(keywords):
        raise UserError(
            f"{path} has no pixel data", then="download the file again, or leave the series out"
        )


def damaged_file_error(path: Path, got: str) -> UserError:
    """Return the error of a volume file that is damaged or no volume file."""
    return UserError(f"cannot read {path}", got=got, then="export or download the file again")
