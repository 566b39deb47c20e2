"""Headers of NIfTI-1 and NIfTI-2 files, in both byte orders, packed with gzip or not.

Offsets of the fields are those of nifti1.h and nifti2.h of the NIfTI data format working group.
"""

from __future__ import annotations

import gzip
import math
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, cast

from lnmbench.errors import UserError
from lnmbench.imaging.headers import damaged_file_error
from lnmbench.imaging.voxel_data import GZIP_MARK

_NIFTI_1, _NIFTI_2 = 348, 540
_NIFTI_1_START = 352
# Place and types of the fields: magic; dim; datatype and bitpix; vox_offset; pixdim; scl_slope and
# scl_inter; xyzt_units; qform_code and sform_code; quatern and qoffset; srow.
_LAYOUTS = {
    _NIFTI_1: {
        "magic": (344, "4s"),
        "sizes": (40, "8h"),
        "kind": (70, "2h"),
        "start": (108, "f"),
        "spacing": (76, "8f"),
        "scale": (112, "2f"),
        "units": (123, "B"),
        "codes": (252, "2h"),
        "turn": (256, "6f"),
        "rows": (280, "12f"),
    },
    _NIFTI_2: {
        "magic": (4, "4s"),
        "sizes": (16, "8q"),
        "kind": (12, "2h"),
        "start": (168, "q"),
        "spacing": (104, "8d"),
        "scale": (176, "2d"),
        "units": (500, "i"),
        "codes": (344, "2i"),
        "turn": (352, "6d"),
        "rows": (400, "12d"),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NiftiHeader:
    """Fields of a header; `size` is its own length in bytes, `bits` those of a voxel.

    `spacing` begins with the sign of the third axis. `turn` is a quaternion and the origin, `rows`
    the matrix row by row.
    """

    order: str
    size: int
    axes: int
    sizes: tuple[int, ...]
    kind: int
    bits: int
    start: float
    spacing: tuple[float, ...]
    scale: tuple[float, ...]
    units: int
    by_quaternion: int
    by_rows: int
    turn: tuple[float, ...]
    rows: tuple[float, ...]

    @property
    def voxels(self) -> int:
        """The number of voxels."""
        return math.prod(self.sizes[: self.axes])


def is_gzip(path: Path) -> bool:
    """Return whether a file is packed with gzip, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == GZIP_MARK


def open_unpacked(path: Path) -> BinaryIO:
    """Return the content of a file that may be packed with gzip."""
    return cast("BinaryIO", gzip.open(path)) if is_gzip(path) else path.open("rb")


def read_nifti_header(path: Path, file: BinaryIO) -> NiftiHeader:
    """Return the header at the beginning of an open file.

    Parameters
    ----------
    path
        The file, for error messages.
    file
        Its content, unpacked.

    Raises
    ------
    UserError
        For another file, and one of a pair of `.hdr` and `.img`.
    """
    content = file.read(_NIFTI_1)
    order, size = _find_order(content)
    content += file.read(max(size - len(content), 0))
    if not size or len(content) < size:
        raise damaged_file_error(path, "no NIfTI header")
    fields = {
        name: struct.unpack_from(f"{order}{types}", content, offset)
        for name, (offset, types) in _LAYOUTS[size].items()
    }
    (magic,) = fields["magic"]
    if not magic.startswith((b"n+1", b"n+2")):
        pair = magic.startswith((b"ni1", b"ni2"))
        raise UserError(
            f"{path} is not a single NIfTI file",
            got="one of a pair of .hdr and .img" if pair else "Analyze 7.5, without a position",
            then="convert it again from DICOM, e.g. with dcm2niix",
        )
    axes, *sizes = fields["sizes"]
    return NiftiHeader(
        order=order,
        size=size,
        axes=axes,
        sizes=tuple(sizes),
        kind=fields["kind"][0],
        bits=fields["kind"][1],
        start=fields["start"][0],
        spacing=fields["spacing"],
        scale=fields["scale"],
        units=fields["units"][0],
        by_quaternion=fields["codes"][0],
        by_rows=fields["codes"][1],
        turn=fields["turn"],
        rows=fields["rows"],
    )


@contextmanager
def readable_by_itk(path: Path) -> Iterator[Path]:
    """Yield a path of the file, or of a NIfTI-1 copy of it in a temporary folder.

    ITK does not read NIfTI-2, nor a packed file whose name does not end in `.gz`.
    """
    with open_unpacked(path) as file:
        header = read_nifti_header(path, file)
        named = path.name.lower().endswith(".gz")
        if header.size == _NIFTI_1 and (named or not is_gzip(path)):
            yield path
            return
        with TemporaryDirectory() as folder:
            copy = Path(folder, "volume.nii")
            file.seek(int(header.start))
            with copy.open("wb") as stream:
                stream.write(_pack_nifti_1(header).ljust(_NIFTI_1_START, b"\0"))
                shutil.copyfileobj(file, stream)
            yield copy


def _find_order(content: bytes) -> tuple[str, int]:
    """Return the byte order and the size of the header; 0 for no header."""
    for order in "<>":
        size = struct.unpack_from(f"{order}i", content)[0] if len(content) == _NIFTI_1 else 0
        if size in _LAYOUTS:
            return order, size
    return "<", 0


def _pack_nifti_1(header: NiftiHeader) -> bytes:
    content = bytearray(_NIFTI_1)
    struct.pack_into(f"{header.order}i", content, 0, _NIFTI_1)
    values: dict[str, tuple[Any, ...]] = {
        "magic": (b"n+1\0",),
        "sizes": (header.axes, *header.sizes),
        "kind": (header.kind, header.bits),
        "start": (_NIFTI_1_START,),
        "spacing": header.spacing,
        "scale": header.scale,
        "units": (header.units & 0xFF,),
        "codes": (header.by_quaternion, header.by_rows),
        "turn": header.turn,
        "rows": header.rows,
    }
    for name, (offset, types) in _LAYOUTS[_NIFTI_1].items():
        struct.pack_into(f"{header.order}{types}", content, offset, *values[name])
    return bytes(content)
