"""Checks of an NRRD file before ITK reads it.

ITK takes spaces without anatomy for LPS, and reads a header without origin at 0. Fields are those
of the NRRD format (teem.sourceforge.net/nrrd/format.html): lines of `field: value` up to an empty
one, with lines of `key:=value` between them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import SPACING_MM, require_few_voxels
from lnmbench.imaging.headers import damaged_file_error
from lnmbench.imaging.voxel_data import (
    VoxelData,
    expand_pattern,
    require_data_files,
    require_sound_data,
)
from lnmbench.text import clean

_HEADER_BYTES = 1 << 20
# The spaces that state the patient's axes.
_ANATOMICAL = (
    *("ras", "right-anterior-superior", "las", "left-anterior-superior"),
    *("lps", "left-posterior-superior"),
)
_BYTES = {
    **dict.fromkeys(("signed char", "int8", "int8_t", "uchar", "unsigned char"), 1),
    **dict.fromkeys(("uint8", "uint8_t"), 1),
    **dict.fromkeys(("short", "short int", "signed short", "signed short int"), 2),
    **dict.fromkeys(("int16", "int16_t", "ushort", "unsigned short"), 2),
    **dict.fromkeys(("unsigned short int", "uint16", "uint16_t"), 2),
    **dict.fromkeys(("int", "signed int", "int32", "int32_t", "uint", "unsigned int"), 4),
    **dict.fromkeys(("uint32", "uint32_t", "float"), 4),
    **dict.fromkeys(("longlong", "long long", "long long int", "signed long long"), 8),
    **dict.fromkeys(("signed long long int", "int64", "int64_t", "ulonglong"), 8),
    **dict.fromkeys(("unsigned long long", "unsigned long long int", "uint64"), 8),
    **dict.fromkeys(("uint64_t", "double"), 8),
}
_PACKED = ("gzip", "gz")
_UNIT = re.compile(r'"([^"]*)"')
_VECTOR = re.compile(r"\(([^()]*)\)|none")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """Fields in small letters without blanks, and the bytes up to the voxels in the file itself."""

    fields: Mapping[str, str]
    files: tuple[str, ...]
    size: int


def require_sound_nrrd(path: Path) -> None:
    """Raise `UserError` for an NRRD file that misleads or is damaged.

    That is a header without the patient's axes, spacing or origin, a data file outside the folder
    of the header, and voxels that are missing, too many, or do not unpack.
    """
    header = _read_header(path)
    if header is None:
        return  # the reader refuses a file that does not begin as NRRD
    fields = header.fields
    _require_position(path, fields)
    sizes = fields.get("sizes", "").split()
    kind = fields.get("type", "").lower()
    if not sizes or not all(size.isdecimal() for size in sizes) or kind not in _BYTES:
        raise damaged_file_error(path, "a damaged NRRD header: no sizes or no known type of voxel")
    encoding = fields.get("encoding", "").lower()
    if encoding not in ("raw", *_PACKED):
        if encoding in ("txt", "text", "ascii", "hex"):
            return
        raise UserError(
            f"cannot read {path}",
            expected="the encoding raw or gzip",
            got="bzip2" if encoding in ("bz2", "bzip2") else "an unknown encoding",
            then="save it again as .nrrd or .nii.gz",
        )
    voxels = math.prod(map(int, sizes))
    require_few_voxels(path, voxels)
    data = VoxelData(
        files=_list_files(path, header),
        start=_find_start(header),
        expected=voxels * _BYTES[kind],
        packing="zlib" if encoding in _PACKED else "raw",
    )
    require_sound_data(path, data)


def list_nrrd_files(path: Path) -> tuple[Path, ...]:
    """Return the files with the voxels of an NRRD header, `path` itself if it has them.

    Raises `UserError` for a damaged header, and for a file outside its folder.
    """
    header = _read_header(path)
    return () if header is None else _list_files(path, header)


def _read_header(path: Path) -> _Header | None:
    with path.open("rb") as file:
        content = file.read(_HEADER_BYTES)
    if not content.startswith(b"NRRD"):
        return None
    end = re.search(rb"\r?\n\r?\n", content)
    head = content[: end.start()] if end else content
    fields: dict[str, str] = {}
    files: list[str] = []
    for line in head.decode("utf-8", errors="replace").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if fields.get("datafile", "").upper().startswith("LIST"):
            files.append(line.strip())
        elif colon and not line.startswith("#") and not value.startswith("="):
            fields["".join(name.lower().split())] = value.strip()
    return _Header(fields=fields, files=tuple(files), size=end.end() if end else len(content))


def _list_files(path: Path, header: _Header) -> tuple[Path, ...]:
    named = header.fields.get("datafile", "")
    if not named:
        return (path,)
    if named.upper().startswith("LIST"):
        return require_data_files(path, [name for name in header.files if name])
    pattern, *numbers = named.split()
    if "%" not in named or not 3 <= len(numbers) <= 4:
        return require_data_files(path, [named])
    try:
        first, last, step = (int(number) for number in numbers[:3])
        end = last + (1 if step > 0 else -1)
        return require_data_files(path, expand_pattern(pattern, range(first, end, step)))
    except ValueError as error:
        raise damaged_file_error(path, "no usable pattern of data files") from error


def _find_start(header: _Header) -> int | None:
    """Return the bytes before the voxels; None if the header skips lines or counts from the end."""
    fields = header.fields
    skip = fields.get("byteskip", "0")
    if not skip.isdecimal() or fields.get("lineskip", "0") != "0":
        return None
    return int(skip) + (0 if fields.get("datafile") else header.size)


def _require_position(path: Path, fields: Mapping[str, str]) -> None:
    missing = [
        name
        for name in ("space", "space directions", "space origin")
        if not fields.get(name.replace(" ", ""))
    ]
    space = fields.get("space", "").lower().removesuffix("-time")
    if missing or space not in _ANATOMICAL:
        raise UserError(
            f"{path} does not state its position in the patient",
            expected="an NRRD header with space directions, space origin and an anatomical space, "
            "e.g. left-posterior-superior",
            got=f"a header without {', '.join(missing)}"
            if missing
            else "a space that names no anatomy",
            then="export it again, e.g. from 3D Slicer or with SimpleITK",
        )
    units = set(_UNIT.findall(fields.get("spaceunits", ""))) - {"", "mm"}
    if units:
        raise damaged_file_error(path, f"lengths in {clean(min(units))[:20]!r} instead of mm")
    vectors = [_parse_vector(match) for match in _VECTOR.finditer(fields["spacedirections"])]
    origin = [_parse_vector(match) for match in _VECTOR.finditer(fields["spaceorigin"])]
    directions = [vector for vector in vectors if vector]
    sides = [math.hypot(*vector) for vector in directions[:3]]
    finite = all(math.isfinite(number) for vector in (*directions, *origin) for number in vector)
    low, high = SPACING_MM
    if not finite or len(sides) < 3 or len(origin) != 1:
        raise damaged_file_error(path, "a damaged NRRD header: a position that is not numbers")
    if not all(low <= side <= high for side in sides):
        raise UserError(
            f"{path} has an unlikely voxel spacing",
            expected=f"{low:g} to {high:g} mm",
            got=" × ".join(f"{side:g}" for side in sides),
            then="correct the space directions in its header",
        )


def _parse_vector(match: re.Match[str]) -> list[float]:
    """Return the numbers of a vector, NaN for what is none; empty for `none`."""
    try:
        return [float(number) for number in (match[1] or "").split(",") if match[1] is not None]
    except ValueError:
        return [math.nan]
