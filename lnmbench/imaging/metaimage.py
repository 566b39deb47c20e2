"""Checks of a MetaImage header before ITK reads it, which takes NaN for 0 and trusts any size.

Fields are those of the MetaIO documentation: lines of `name = value`, the last one being
`ElementDataFile`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import require_length

_HEADER_BYTES = 1 << 16
_LAST = b"ElementDataFile"
_MOST_AXES = 4
_CHANNELS = "ElementNumberOfChannels"
_POSITIONS = ("Offset", "Position", "Origin", "ElementSpacing")
_MATRICES = ("TransformMatrix", "Rotation", "Orientation")
_BYTES = {"CHAR": 1, "SHORT": 2, "INT": 4, "LONG": 4, "LONG_LONG": 8, "FLOAT": 4, "DOUBLE": 8}
_BYTES |= {f"U{kind}": size for kind, size in _BYTES.items() if kind not in ("FLOAT", "DOUBLE")}


def require_sound_metaimage(path: Path) -> None:
    """Raise `UserError` for a header without sizes or position, and for a truncated MHA."""
    with path.open("rb") as file:
        head, mark, rest = file.read(_HEADER_BYTES).partition(_LAST)
    fields = _fields(head)
    count = _numbers(fields, "NDims", 1)[0]
    axes = int(count) if 1 <= count <= _MOST_AXES else 0
    sizes = _numbers(fields, "DimSize", axes)
    channels = _numbers({_CHANNELS: "1", **fields}, _CHANNELS, 1)[0]
    kind = fields.get("ElementType", "").removeprefix("MET_").removesuffix("_ARRAY")
    faults = {
        "no data": not mark,
        "no number of axes": not axes,
        "no sizes": not all(1 <= size < 2**31 and size % 1 == 0 for size in sizes),
        "no known type of voxel": kind not in _BYTES,
        "no number of channels": not 1 <= channels <= 2**10,
        "a position that is not numbers": not _has_position(fields, axes),
    }
    fault = next((name for name, present in faults.items() if present), None)
    if fault:
        raise UserError(
            f"cannot read {path}",
            got=f"a damaged MetaImage header: {fault}",
            then="export or download the file again",
        )
    name, _, _ = rest.lstrip(b" \t=").partition(b"\n")
    packed = fields.get("CompressedData", "False").lower().startswith("t")
    if name.strip() == b"LOCAL" and not packed:
        header = len(head) + len(mark) + rest.index(b"\n") + 1 if b"\n" in rest else 0
        voxels = math.prod(map(int, sizes)) * int(channels)
        expected = header + voxels * _BYTES[kind]
        require_length(path, expected=expected, length=path.stat().st_size)


def _fields(head: bytes) -> dict[str, str]:
    lines = (line.partition("=") for line in head.decode("latin-1").splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _numbers(fields: Mapping[str, str], name: str, count: int) -> list[float]:
    """Return the numbers of a field, or NaN unless they are `count` finite numbers."""
    try:
        numbers = [float(number) for number in fields.get(name, "").split()]
    except ValueError:
        numbers = []
    sound = len(numbers) == count and all(map(math.isfinite, numbers))
    return numbers if sound else [math.nan]


def _has_position(fields: Mapping[str, str], axes: int) -> bool:
    counts = {**dict.fromkeys(_POSITIONS, axes), **dict.fromkeys(_MATRICES, axes * axes)}
    return not any(
        math.isnan(number)
        for name, count in counts.items()
        if name in fields
        for number in _numbers(fields, name, count)
    )
