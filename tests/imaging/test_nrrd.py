"""Headers of NRRD files, and the voxels that they describe."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.nrrd import list_nrrd_files, require_sound_nrrd
from lnmbench.imaging.volume_files import read_volume_file

HEAD = """NRRD0004
# made
type: short
dimension: 3
space: left-posterior-superior
sizes: 32 32 6
space directions: (0.7,0,0) (0,0.8,0) (0,0,5)
space origin: (-12.5,31,-204.75)
endian: little
encoding: raw
"""


def _write(path: Path, image: sitk.Image, *changes: tuple[str, str], packed: bool = False) -> bytes:
    head = HEAD
    for old, new in (*changes, *((("encoding: raw", "encoding: gzip"),) if packed else ())):
        assert old in head
        head = head.replace(old, new)
    voxels = sitk.GetArrayFromImage(image).tobytes()
    path.write_bytes(f"{head}\n".encode() + (gzip.compress(voxels) if packed else voxels))
    return voxels


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("space", ["left-posterior-superior", "LPS", "Left-Posterior-Superior"])
def test_a_header_with_a_position_is_sound(
    tmp_path: Path, image: sitk.Image, packed: bool, space: str
) -> None:
    path = tmp_path / "ct.nrrd"
    _write(path, image, ("left-posterior-superior", space), packed=packed)
    require_sound_nrrd(path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("space: left-posterior-superior", "space: scanner-xyz", "a space that names no anatomy"),
        ("space: left-posterior-superior", "space: 3D-right-handed", "names no anatomy"),
        ("space: left-posterior-superior", "space: 3D-left-handed-time", "names no anatomy"),
        ("space: left-posterior-superior", "space dimension: 3", "without space"),
        ("space origin: (-12.5,31,-204.75)\n", "", "without space origin"),
        ("space directions: (0.7,0,0) (0,0.8,0) (0,0,5)\n", "", "without space directions"),
        ("(0.7,0,0)", "none", "a position that is not numbers"),
        ("(0.7,0,0)", "(nan,0,0)", "a position that is not numbers"),
        ("(0.7,0,0)", "(0,0,0)", "an unlikely voxel spacing"),
        ("(0.7,0,0)", "(7e9,0,0)", "an unlikely voxel spacing"),
        ("(-12.5,31,-204.75)", "(inf,0,0)", "a position that is not numbers"),
        ("(-12.5,31,-204.75)", "(-12.5,x,0)", "a position that is not numbers"),
        ("sizes: 32 32 6", "sizes: 32 32 7", "is truncated"),
        ("sizes: 32 32 6", "sizes: 99999 99999 6", "states more voxels than a CT has"),
        ("encoding: raw", 'space units: "cm" "cm" "cm"\nencoding: raw', "lengths in 'cm' instead"),
        ("encoding: raw", "data file: ct.nrrd\nencoding: raw", "names itself as its data file"),
        ("sizes: 32 32 6", "sizes: 32 32 5", "is too long"),
        ("sizes: 32 32 6", "sizes: 32 -32 6", "no sizes or no known type"),
        ("type: short", "type: shirt", "no sizes or no known type"),
        ("encoding: raw", "encoding: bzip2", "got bzip2"),
        ("encoding: raw", "encoding: gzip", "damaged compressed voxels"),
        ("encoding: raw", "data file: /etc/hostname\nencoding: raw", "outside its own folder"),
        ("encoding: raw", "data file: ../ct.raw\nencoding: raw", "outside its own folder"),
        ("encoding: raw", "data file: absent.raw\nencoding: raw", "data file .* is missing"),
    ],
)
def test_a_header_that_misleads_is_refused(
    tmp_path: Path, image: sitk.Image, old: str, new: str, says: str
) -> None:
    path = tmp_path / "ct.nrrd"
    _write(path, image, (old, new))
    with pytest.raises(UserError, match=says):
        read_volume_file(path)


def test_a_damaged_stream_is_refused(tmp_path: Path, image: sitk.Image) -> None:
    path = tmp_path / "ct.nrrd"
    _write(path, image, packed=True)
    content = bytearray(path.read_bytes())
    for damaged in (content[:-40], content[:-8] + b"\0" * 8, content + b"garbage"):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="truncated or damaged compressed voxels"):
            read_volume_file(path)


@pytest.mark.parametrize("named", ["LIST\n{}", "ct%03d.raw 1 6 1"])
def test_detached_voxels_are_listed_and_read(tmp_path: Path, image: sitk.Image, named: str) -> None:
    names = [f"ct{number:03d}.raw" for number in range(1, 7)]
    data = f"encoding: raw\ndata file: {named.format(chr(10).join(names))}"
    path = tmp_path / "ct.nhdr"
    voxels = _write(path, image, ("encoding: raw", data))
    path.write_bytes(path.read_bytes()[: -len(voxels) - 1])
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(voxels[number * 2048 : number * 2048 + 2048])
    assert [file.name for file in list_nrrd_files(path)] == names
    read = sitk.GetArrayFromImage(read_volume_file(path))
    np.testing.assert_array_equal(read, sitk.GetArrayFromImage(image))
