"""Files with the voxels that a header of MetaImage or NRRD describes: names, packing and length."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from lnmbench.errors import UserError

Packing = Literal["raw", "zlib"]
"""How voxels are stored; `zlib` includes gzip."""

GZIP_MARK = b"\x1f\x8b"
_BLOCK_BYTES = 1 << 20
_MOST_FILES = 1 << 14
_SLACK_BYTES = 1 << 10
_ZLIB_OR_GZIP = 47
_PATTERN = re.compile(r"%0?(\d{0,2})[dui]")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoxelData:
    """Files of one volume in their order.

    `start` is the number of bytes before the voxels, None if they end each file. `expected` is the
    number of bytes of all voxels together, unpacked.
    """

    files: tuple[Path, ...]
    start: int | None
    expected: int
    packing: Packing


def require_data_files(header: Path, names: list[str]) -> tuple[Path, ...]:
    """Return the files that a header names, which lie in the folder of the header or below.

    Parameters
    ----------
    header
        The file with the header.
    names
        The names of its data files.

    Raises
    ------
    UserError
        For a name that leads out of that folder, and for too many.
    """
    if len(names) > _MOST_FILES:
        raise UserError(f"{header} names {len(names)} data files", expected=f"up to {_MOST_FILES}")
    for name in names:
        parts = re.split(r"[/\\]", name)
        if name.startswith(("/", "\\", "~")) or ".." in parts or ":" in parts[0] or "\0" in name:
            raise UserError(
                f"{header} names a data file outside its own folder",
                then="put the data file next to the header, and correct its name",
            )
        if header.parent / name == header:
            raise UserError(f"{header} names itself as its data file", then="export it again")
    return tuple(header.parent / name for name in names)


def expand_pattern(pattern: str, numbers: range) -> list[str]:
    """Return the names of a printf pattern with one integer.

    Examples
    --------
    >>> expand_pattern("ct%03d.raw", range(8, 11))
    ['ct008.raw', 'ct009.raw', 'ct010.raw']
    """
    if len(numbers) > _MOST_FILES:
        raise ValueError(f"{len(numbers)} files")
    match = _PATTERN.search(pattern)
    if match is None:
        raise ValueError("no number in the pattern")
    fill = "0" if pattern[match.start() + 1] == "0" else " "
    digits = [str(number).rjust(int(match[1] or 0), fill) for number in numbers]
    return [pattern[: match.start()] + number + pattern[match.end() :] for number in digits]


def require_sound_data(header: Path, data: VoxelData) -> None:
    """Raise `UserError` unless the data files exist, unpack, and have the stated length.

    Parameters
    ----------
    header
        The file with the header.
    data
        What the header states.
    """
    for file in data.files:
        if not file.is_file():
            raise UserError(f"the data file of {header} is missing", got=f"no {file.name}")
    length = sum(_measure(file, data) for file in data.files)
    longest = data.expected + (_SLACK_BYTES if data.packing == "raw" else 0)
    if length < data.expected or (length > longest and data.start is not None):
        raise UserError(
            f"{header} is truncated" if length < data.expected else f"{header} is too long",
            expected=f"{data.expected} bytes of voxels",
            got=str(length),
            then="export or download the file again",
        )


def _measure(file: Path, data: VoxelData) -> int:
    start = data.start or 0
    if data.packing == "raw":
        return max(file.stat().st_size - start, 0)
    with file.open("rb") as stream:
        stream.seek(start)
        try:
            return _measure_unpacked(stream, data.expected)
        except (zlib.error, OSError, EOFError) as error:
            raise UserError(
                f"cannot read {file}",
                got="truncated or damaged compressed voxels",
                then="export or download the file again",
            ) from error


def _measure_unpacked(stream: BinaryIO, expected: int) -> int:
    """Return the number of bytes that unpack, up to more than expected; checksums are verified."""
    length = 0
    packed = stream.read(_BLOCK_BYTES)
    while packed.strip(b"\0\r\n"):  # writers may round a file up to a block
        unpack = zlib.decompressobj(_ZLIB_OR_GZIP)
        while not unpack.eof:
            block = unpack.decompress(packed, _BLOCK_BYTES)
            length += len(block)
            if length > expected:
                return length
            packed = unpack.unconsumed_tail or stream.read(_BLOCK_BYTES)
            if not packed and not block and not unpack.eof:
                raise EOFError
        packed = unpack.unused_data or stream.read(_BLOCK_BYTES)
    return length
