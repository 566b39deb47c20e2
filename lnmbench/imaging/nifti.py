"""Checks of a NIfTI file that SimpleITK does not make: length, NaN, and two stated positions."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import require_few_voxels, require_length
from lnmbench.imaging.headers import damaged_file_error
from lnmbench.imaging.nifti_header import (
    NiftiHeader,
    open_unpacked,
    read_nifti_header,
)
from lnmbench.text import format_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_BYTES = 1 << 20
_SLACK_BYTES = 1 << 10
_LATEST_START = 2.0**31
_LONGEST_SIDE = 2**15 - 1
# Codes of the field datatype for numbers and for RGB.
_KINDS = (2, 4, 8, 16, 32, 64, 128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2304)
_FLOATS = {16: "f4", 64: "f8"}
_COSINE_TOLERANCE = 1e-2
_SPACING_TOLERANCE = 1e-2
_ORIGIN_TOLERANCE_MM = 0.5


def require_sound_nifti(path: Path) -> None:
    """Raise `UserError` for a NIfTI file that is damaged, has NaN, or an ambiguous position.

    Programs differ in whether they follow the header's qform or its sform, so a file whose two
    disagree has different positions in different viewers. They agree if directions differ by less
    than 0.01, the spacing by less than 1 % and origins by less than 0.5 mm. NaN and infinity are
    checked here because SimpleITK turns them into zeros, which are HU of water.
    """
    with open_unpacked(path) as file:
        try:
            header = read_nifti_header(path, file)
            _require_numbers(path, header)
            require_few_voxels(path, header.voxels)
            length, finite = _read_through(file, header)
        except (EOFError, OSError, zlib.error) as error:
            raise damaged_file_error(path, "a truncated or damaged gzip file") from error
    expected = _count_bytes(header)
    require_length(path, expected=expected, length=length)
    if length > expected + _SLACK_BYTES:
        raise damaged_file_error(path, f"more bytes than the {expected} of its header")
    _require_one_position(path, header)
    if not finite:
        raise UserError(
            f"{path} contains values that are not numbers",
            expected="a finite number in each voxel",
            then="replace NaN and infinity: in a CT e.g. by -1024, in a mask by 0",
        )


def _count_bytes(header: NiftiHeader) -> int:
    return int(header.start) + header.voxels * header.bits // 8


def _read_through(file: BinaryIO, header: NiftiHeader) -> tuple[int, bool]:
    """Return the length in bytes, up to more than expected, and whether all voxels are finite."""
    length = header.size + len(file.read(max(int(header.start) - header.size, 0)))
    expected = _count_bytes(header)
    values = np.dtype(f"{header.order}{_FLOATS.get(header.kind, 'u1')}")
    left = header.voxels if header.kind in _FLOATS else 0
    finite = True
    for block in iter(lambda: file.read(_BLOCK_BYTES), b""):
        length += len(block)
        count = min(left, len(block) // values.itemsize)
        finite &= bool(np.isfinite(np.frombuffer(block, values, count)).all())
        left -= count
        if length > expected + _SLACK_BYTES:
            break  # the rest of a stream may be endless
    return length, finite


def _require_numbers(path: Path, header: NiftiHeader) -> None:
    """Refuse sizes, types and positions that no file can have; SimpleITK accepts a NaN position."""
    axes = header.axes
    positions = [
        *header.spacing[:4],
        *(header.turn if header.by_quaternion > 0 else ()),
        *(header.rows if header.by_rows > 0 else ()),
    ]
    faults = {
        "no sizes": not 1 <= axes <= 7 or not _are_sizes(header.sizes[:axes]),
        "no known type of voxel": header.kind not in _KINDS,
        "no offset of its voxels": not header.size <= header.start < _LATEST_START,
        "NaN or infinity in its position": not np.isfinite(positions).all(),
        "a rotation that is none": header.by_quaternion > 0 and not _is_rotation(header.turn),
        "a voxel size of 0 or less": not min(header.spacing[1:4]) > 0,
    }
    fault = next((name for name, present in faults.items() if present), None)
    if fault:
        raise damaged_file_error(path, f"a damaged NIfTI header: {fault}")


def _is_rotation(turn: tuple[float, ...]) -> bool:
    b, c, d = turn[:3]
    return b * b + c * c + d * d <= 1 + _COSINE_TOLERANCE


def _are_sizes(sizes: tuple[int, ...]) -> bool:
    return all(1 <= size <= _LONGEST_SIDE for size in sizes)


def _require_one_position(path: Path, header: NiftiHeader) -> None:
    by_quaternion, by_rows = header.by_quaternion, header.by_rows
    if by_quaternion <= 0 and by_rows <= 0:
        raise UserError(
            f"{path} does not state its position in the patient",
            expected="a NIfTI header with qform or sform",
            got="both codes 0",
            then="convert it again from DICOM, e.g. with dcm2niix",
        )
    if by_rows <= 0:
        return
    sform = np.reshape(header.rows, (3, 4))
    qform, spacing = _qform(header)
    sides = np.linalg.norm(sform[:, :3], axis=0)
    if np.any(np.abs(sides - spacing) > _SPACING_TOLERANCE * spacing):
        raise UserError(
            f"sform and voxel size of {path} disagree",
            got=f"{format_sides(sides, digits=4)} and {format_sides(spacing, digits=4)} mm",
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


def _qform(header: NiftiHeader) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the unit directions and the origin, (3, 4), and the voxel size in mm."""
    sign, *spacing = header.spacing[:4]
    b, c, d, *origin = header.turn
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
