"""Checks of a MetaImage file before ITK reads it.

ITK takes NaN for 0, fills in a spacing of 1 and an origin of 0, trusts any size, and returns what a
damaged stream unpacks to. Fields are those of the MetaIO documentation: lines of `name = value`,
the last one being `ElementDataFile`.
"""

from __future__ import annotations

import math
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

_HEADER_BYTES = 1 << 16
_LAST = b"ElementDataFile"
_MOST_AXES = 4
_CHANNELS = "ElementNumberOfChannels"
_POSITIONS = ("Offset", "Position", "Origin")
_RESCALING = {"ElementToIntensityFunctionSlope": "1", "ElementToIntensityFunctionOffset": "0"}
_MATRICES = ("TransformMatrix", "Rotation", "Orientation")
_BYTES = {"CHAR": 1, "SHORT": 2, "INT": 4, "LONG": 4, "LONG_LONG": 8, "FLOAT": 4, "DOUBLE": 8}
_BYTES |= {f"U{kind}": size for kind, size in _BYTES.items() if kind not in ("FLOAT", "DOUBLE")}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """Fields of a header, the text after `ElementDataFile =`, and the bytes before the voxels."""

    fields: Mapping[str, str]
    data: str
    size: int


def require_sound_metaimage(path: Path) -> None:
    """Raise `UserError` for a MetaImage that misleads or is damaged.

    That is a header without sizes, spacing, position or directions, a data file outside the folder
    of the header, and voxels that are missing, too many, or do not unpack.
    """
    header = _read_header(path)
    fields = header.fields
    axes = _count_axes(fields)
    sizes = _numbers(fields, "DimSize", axes)
    channels = _numbers({_CHANNELS: "1", **fields}, _CHANNELS, 1)[0]
    kind = fields.get("ElementType", "").removeprefix("MET_").removesuffix("_ARRAY")
    _refuse_first(
        path,
        {
            "no data": not header.data,
            "no number of axes": not axes,
            "no sizes": not all(1 <= size < 2**31 and size % 1 == 0 for size in sizes),
            "no known type of voxel": kind not in _BYTES,
            "no number of channels": not 1 <= channels <= 2**10,
            "lengths that are not in mm": fields.get("DistanceUnits", "mm") not in ("mm", "?"),
            "a rescaling, which readers ignore": any(
                _numbers({name: default, **fields}, name, 1) != [float(default)]
                for name, default in _RESCALING.items()
            ),
        },
    )
    _require_position(path, fields, axes)
    if fields.get("BinaryData", "True").lower().startswith("f"):
        return  # text, which ITK refuses if a number is missing
    voxels = math.prod(map(int, sizes)) * int(channels)
    require_few_voxels(path, voxels)
    packed = fields.get("CompressedData", "False").lower().startswith("t")
    skipped = fields.get("HeaderSize", "0") not in ("0", "-1", str(header.size))
    inside = header.data.upper() == "LOCAL"
    _refuse_first(path, {"a HeaderSize that is not that of the header": inside and skipped})
    files, start = _list_files(path, header), _find_start(fields, header)
    data = VoxelData(
        files=files,
        start=start,
        expected=voxels * _BYTES[kind],
        packing="zlib" if packed else "raw",
    )
    require_sound_data(path, data)
    # MetaIO unpacks as many bytes as the header states, and returns what it gets.
    length = sum(file.stat().st_size for file in files) - len(files) * (start or 0)
    stated = _numbers(fields, "CompressedDataSize", 1)[0] == length
    _refuse_first(path, {"a wrong CompressedDataSize": packed and not stated})


def list_metaimage_files(path: Path) -> tuple[Path, ...]:
    """Return the files with the voxels of a MetaImage header, `path` itself if it has them.

    Raises `UserError` for a damaged header, and for a file outside its folder.
    """
    header = _read_header(path)
    return _list_files(path, header) if header.data else ()


def _read_header(path: Path) -> _Header:
    with path.open("rb") as file:
        content = file.read(_HEADER_BYTES)
    head, mark, rest = content.partition(_LAST)
    first, _, _ = rest.lstrip(b" \t=").partition(b"\n")
    lines = (line.partition("=") for line in head.decode("latin-1").splitlines())
    fields = {name.strip(): value.strip() for name, _, value in lines}
    data = first.decode("utf-8", errors="replace").strip()
    if data.upper().startswith("LIST"):
        data = "\n".join((data, *rest.decode("utf-8", errors="replace").splitlines()[1:]))
    size = len(head) + len(mark) + rest.find(b"\n") + 1
    return _Header(fields=fields, data=data if mark else "", size=size)


def _list_files(path: Path, header: _Header) -> tuple[Path, ...]:
    data = header.data
    if data.upper() == "LOCAL":
        return (path,)
    if data.upper().startswith("LIST"):
        return require_data_files(path, [n.strip() for n in data.split("\n")[1:] if n.strip()])
    pattern, *numbers = data.split()
    if "%" not in data or not 2 <= len(numbers) <= 3:
        return require_data_files(path, [data])
    try:
        first, last, step = (int(number) for number in (*numbers, "1")[:3])
        return require_data_files(path, expand_pattern(pattern, range(first, last + 1, step)))
    except ValueError as error:
        raise damaged_file_error(path, "no usable pattern of data files") from error


def _find_start(fields: Mapping[str, str], header: _Header) -> int | None:
    """Return the bytes before the voxels; None if the header says that they end the file."""
    if header.data.upper() == "LOCAL":
        return header.size
    stated = fields.get("HeaderSize", "0")
    return int(stated) if stated.isdecimal() else None


def _count_axes(fields: Mapping[str, str]) -> int:
    count = _numbers(fields, "NDims", 1)[0]
    return int(count) if 1 <= count <= _MOST_AXES else 0


def _numbers(fields: Mapping[str, str], name: str, count: int) -> list[float]:
    """Return the numbers of a field, or NaN unless they are `count` finite numbers."""
    try:
        numbers = [float(number) for number in fields.get(name, "").split()]
    except ValueError:
        numbers = []
    sound = len(numbers) == count and all(map(math.isfinite, numbers))
    return numbers if sound else [math.nan]


def _require_position(path: Path, fields: Mapping[str, str], axes: int) -> None:
    groups = {("ElementSpacing",): axes, _POSITIONS: axes, _MATRICES: axes * axes}
    missing = [names[0] for names in groups if not set(names) & set(fields)]
    if missing:
        raise UserError(
            f"{path} does not state its position in the patient",
            expected="ElementSpacing, Offset and TransformMatrix",
            got=f"a MetaImage header without {' and '.join(missing)}",
            then="export it again, e.g. from 3D Slicer or with SimpleITK",
        )
    numbers = {
        name: _numbers(fields, name, count)
        for names, count in groups.items()
        for name in names
        if name in fields
    }
    sound = not any(math.isnan(number) for values in numbers.values() for number in values)
    _refuse_first(path, {"a position that is not numbers": not sound})
    spacing = numbers["ElementSpacing"][:3]
    if not all(SPACING_MM[0] <= side <= SPACING_MM[1] for side in spacing):
        raise UserError(
            f"{path} has an unlikely voxel spacing",
            expected=f"{SPACING_MM[0]:g} to {SPACING_MM[1]:g} mm",
            got=" × ".join(f"{side:g}" for side in spacing),
            then="correct ElementSpacing in its header",
        )


def _refuse_first(path: Path, faults: Mapping[str, bool]) -> None:
    fault = next((name for name, present in faults.items() if present), None)
    if fault:
        raise damaged_file_error(path, f"a damaged MetaImage header: {fault}")
