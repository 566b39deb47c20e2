"""Checks of a NIfTI file that SimpleITK does not make: length, NaN, and two stated positions.

Offsets of the fields are those of the NIfTI-1 header, nifti1.h of the NIfTI data format working
group.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import require_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEADER_BYTES = 348
_BLOCK_BYTES = 1 << 20
_LATEST_START = 2.0**31
# Codes of the field datatype for numbers and for RGB.
_KINDS = (2, 4, 8, 16, 32, 64, 128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2304)
_FLOATS = {16: "f4", 64: "f8"}
_COSINE_TOLERANCE = 1e-2
_SPACING_TOLERANCE = 1e-2
_ORIGIN_TOLERANCE_MM = 0.5


def require_sound_nifti(path: Path) -> None:
    """Raise `UserError` for a NIfTI-1 file that is truncated, has NaN, or an ambiguous position.

    Programs differ in whether they follow the header's qform or its sform, so a file whose two
    disagree has different positions in different viewers. They agree if directions differ by less
    than 0.01, the spacing by less than 1 % and origins by less than 0.5 mm. NaN and infinity are
    checked here because SimpleITK turns them into zeros, which are HU of water.
    """
    with path.open("rb") as plain:
        zipped = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        file = cast("BinaryIO", gzip.GzipFile(fileobj=plain)) if zipped else plain
        try:
            header = file.read(_HEADER_BYTES)
            order = _byte_order(path, header)
            _require_numbers(path, header, order)
            length, finite = _read_through(file, header, order)
        except (EOFError, OSError, zlib.error) as error:
            raise _damage_error(path, "a truncated or damaged gzip file") from error
    _require_length(path, header, order, length)
    _require_one_position(path, header, order)
    if not finite:
        raise UserError(
            f"{path} contains values that are not numbers",
            expected="a finite number in each voxel",
            then="replace NaN and infinity: in a CT e.g. by -1024, in a mask by 0",
        )


def _read_through(file: BinaryIO, header: bytes, order: str) -> tuple[int, bool]:
    """Return the length of the whole file in bytes, and whether all its voxels are finite."""
    dimensions, *sizes = struct.unpack_from(f"{order}8h", header, 40)
    (kind,) = struct.unpack_from(f"{order}h", header, 70)
    (start,) = struct.unpack_from(f"{order}f", header, 108)
    length = _HEADER_BYTES + len(file.read(max(int(start) - _HEADER_BYTES, 0)))
    values = np.dtype(f"{order}{_FLOATS.get(kind, 'u1')}")
    left = math.prod(sizes[:dimensions]) if kind in _FLOATS else 0
    finite = True
    for block in iter(lambda: file.read(_BLOCK_BYTES), b""):
        length += len(block)
        count = min(left, len(block) // values.itemsize)
        finite &= bool(np.isfinite(np.frombuffer(block, values, count)).all())
        left -= count
    return length, finite


def _damage_error(path: Path, got: str) -> UserError:
    return UserError(f"cannot read {path}", got=got, then="export or download the file again")


def _byte_order(path: Path, header: bytes) -> str:
    for order in "<>":
        if len(header) == _HEADER_BYTES and struct.unpack_from(f"{order}i", header)[0] == 348:
            return order
    raise _damage_error(path, "no NIfTI-1 header")


def _require_numbers(path: Path, header: bytes, order: str) -> None:
    """Refuse sizes, types and positions that no file can have; SimpleITK accepts a NaN position."""
    dimensions, *sizes = struct.unpack_from(f"{order}8h", header, 40)
    (kind,) = struct.unpack_from(f"{order}h", header, 70)
    (start,) = struct.unpack_from(f"{order}f", header, 108)
    by_quaternion, by_rows = struct.unpack_from(f"{order}2h", header, 252)
    positions = [
        *struct.unpack_from(f"{order}4f", header, 76),
        *(struct.unpack_from(f"{order}6f", header, 256) if by_quaternion > 0 else ()),
        *(struct.unpack_from(f"{order}12f", header, 280) if by_rows > 0 else ()),
    ]
    faults = {
        "no sizes": not 1 <= dimensions <= 7 or min(sizes[: max(dimensions, 1)]) < 1,
        "no known type of voxel": kind not in _KINDS,
        "no offset of its voxels": not 0 <= start < _LATEST_START,
        "NaN or infinity in its position": not np.isfinite(positions).all(),
    }
    fault = next((name for name, present in faults.items() if present), None)
    if fault:
        raise _damage_error(path, f"a damaged NIfTI header: {fault}")


def _require_length(path: Path, header: bytes, order: str, length: int) -> None:
    dimensions, *sizes = struct.unpack_from(f"{order}8h", header, 40)
    (bits,) = struct.unpack_from(f"{order}h", header, 72)
    (start,) = struct.unpack_from(f"{order}f", header, 108)
    expected = int(start) + math.prod(sizes[:dimensions]) * bits // 8
    require_length(path, expected=expected, length=length)


def _require_one_position(path: Path, header: bytes, order: str) -> None:
    by_quaternion, by_rows = struct.unpack_from(f"{order}2h", header, 252)
    if by_quaternion <= 0 and by_rows <= 0:
        raise UserError(
            f"{path} does not state its position in the patient",
            expected="a NIfTI header with qform or sform",
            got="both codes 0",
            then="convert it again from DICOM, e.g. with dcm2niix",
        )
    if by_rows <= 0:
        return
    sform = np.reshape(struct.unpack_from(f"{order}12f", header, 280), (3, 4))
    qform, spacing = _qform(header, order)
    sides = np.linalg.norm(sform[:, :3], axis=0)
    if np.any(np.abs(sides - spacing) > _SPACING_TOLERANCE * spacing):
        raise UserError(
            f"sform and voxel size of {path} disagree",
            got=f"{_text(sides)} and {_text(spacing)} mm",
            then="convert it again from DICOM, e.g. with dcm2niix",
        )
    turned = np.abs(qform[:, :3] - sform[:, :3] / sides).max()
    moved = np.abs(qform[:, 3] - sform[:, 3]).max()
    if by_quaternion > 0 and (turned > _COSINE_TOLERANCE or moved > _ORIGIN_TOLERANCE_MM):
        raise UserError(
            f"qform and sform of {path} disagree",
            got=f"directions apart by {turned:.2g}, origins by {moved:.3g} mm",
            then="convert it again from DICOM, or copy the right one over the other",
        )


def _qform(header: bytes, order: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the unit directions and the origin, (3, 4), and the voxel size in mm."""
    sign, *spacing = struct.unpack_from(f"{order}4f", header, 76)
    b, c, d, *origin = struct.unpack_from(f"{order}6f", header, 256)
    a = float(np.sqrt(max(0.0, 1 - b * b - c * c - d * d)))
    turn = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
        ]
    )
    if sign < 0:
        turn[:, 2] *= -1
    return np.column_stack([turn, origin]), np.abs(spacing)


def _text(numbers: NDArray[np.float64]) -> str:
    return " × ".join(f"{number:.4g}" for number in numbers)
