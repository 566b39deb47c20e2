"""Data files of a header: names, length, and streams that unpack."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.imaging.voxel_data import (
    Packing,
    VoxelData,
    expand_pattern,
    require_data_files,
    require_sound_data,
)

VOXELS = bytes(range(256)) * 16


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../ct.raw", "a/../../ct.raw", "..\\ct.raw", "C:\\ct.raw", "\\\\host\\ct.raw"],
)
def test_a_header_names_files_of_its_own_folder_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="names a data file outside its own folder"):
        require_data_files(tmp_path / "ct.mhd", [name])


def test_files_below_the_folder_are_allowed(tmp_path: Path) -> None:
    assert require_data_files(tmp_path / "ct.mhd", ["data/ct.raw", "a..b.raw"]) == (
        tmp_path / "data" / "ct.raw",
        tmp_path / "a..b.raw",
    )
    with pytest.raises(UserError, match="names 20000 data files"):
        require_data_files(tmp_path / "ct.mhd", ["a"] * 20000)


def test_a_pattern_without_a_number_or_of_too_many_is_refused() -> None:
    assert expand_pattern("a%d", range(9, 11)) == ["a9", "a10"]
    for pattern, count in (("a%s", 1), ("a", 1), ("a%d", 10**9)):
        with pytest.raises(ValueError, match="file|number"):
            expand_pattern(pattern, range(count))


@pytest.mark.parametrize("packing", ["raw", "zlib"])
@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_lengths_are_verified(tmp_path: Path, packing: Packing, pack: object) -> None:
    assert callable(pack)
    file = tmp_path / "ct.raw"
    file.write_bytes(b"head" + (VOXELS if packing == "raw" else pack(VOXELS)))
    for expected, says in ((4096, ""), (4097, "truncated"), (1024, "too long")):
        data = VoxelData(files=(file,), start=4, expected=expected, packing=packing)
        if says:
            with pytest.raises(UserError, match=says):
                require_sound_data(file, data)
        else:
            require_sound_data(file, data)


def test_a_stream_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zlib.compress(VOXELS))
    packed[-1] ^= 1
    (tmp_path / "ct.zraw").write_bytes(packed)
    data = VoxelData(files=(tmp_path / "ct.zraw",), start=0, expected=4096, packing="zlib")
    with pytest.raises(UserError, match="truncated or damaged compressed voxels"):
        require_sound_data(tmp_path / "ct.mhd", data)
