"""Headers of MetaImage files."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.metaimage import list_metaimage_files, require_sound_metaimage


@pytest.fixture
def path(tmp_path: Path, image: sitk.Image) -> Path:
    sitk.WriteImage(image, tmp_path / "ct.mha")
    return tmp_path / "ct.mha"


def test_a_file_of_simpleitk_is_sound(path: Path, image: sitk.Image) -> None:
    require_sound_metaimage(path)
    sitk.WriteImage(image, path, useCompression=True)
    require_sound_metaimage(path)


@pytest.mark.parametrize(
    ("field", "damaged", "fault"),
    [
        (b"NDims = 3", b"NDims = x", "no number of axes"),
        (b"DimSize = 32 32 6", b"DimSize = 32 32", "no sizes"),
        (b"ElementType = MET_SHORT", b"ElementType = MET_SHIRT", "no known type of voxel"),
        (b"Offset = -12.5", b"Offset = nan", "a position that is not numbers"),
        (b"ElementDataFile", b"Element", "no data"),
        (b"ElementType", b"DistanceUnits = um\nElementType", "lengths that are not in mm"),
        (
            b"ElementType",
            b"ElementToIntensityFunctionSlope = 2\nElementType",
            "a rescaling, which readers ignore",
        ),
    ],
)
def test_a_damaged_field_is_refused(path: Path, field: bytes, damaged: bytes, fault: str) -> None:
    content = path.read_bytes()
    assert field in content
    path.write_bytes(content.replace(field, damaged))
    with pytest.raises(UserError, match=f"a damaged MetaImage header: {fault}"):
        require_sound_metaimage(path)


def test_missing_voxels_are_counted(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])
    voxels = 32 * 32 * 6 * 2
    with pytest.raises(UserError, match=rf"expected {voxels} bytes of voxels, got {voxels - 10}"):
        require_sound_metaimage(path)


@pytest.mark.parametrize("field", ["Offset", "ElementSpacing", "TransformMatrix"])
def test_a_header_without_a_position_is_refused(path: Path, field: str) -> None:
    content = path.read_bytes().replace(f"{field} =".encode(), f"X{field} =".encode())
    path.write_bytes(content)
    with pytest.raises(UserError, match=f"does not state its position.*header without {field}"):
        require_sound_metaimage(path)


@pytest.mark.parametrize("size", [b"", b"CompressedDataSize = 17\n"])
def test_the_packed_size_has_to_be_right(path: Path, image: sitk.Image, size: bytes) -> None:
    sitk.WriteImage(image, path, useCompression=True)
    content = re.sub(rb"CompressedDataSize = \d+\n", size, path.read_bytes())
    path.write_bytes(content)
    with pytest.raises(UserError, match="a wrong CompressedDataSize"):
        require_sound_metaimage(path)


@pytest.mark.parametrize("damage", ["flip", "cut", "longer", "shorter"])
def test_packed_voxels_are_verified(path: Path, image: sitk.Image, damage: str) -> None:
    sitk.WriteImage(image, path, useCompression=True)
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[-100] ^= 1
    elif damage == "cut":
        del content[-50:]
    else:
        slices = b"5" if damage == "longer" else b"7"
        content = content.replace(b"DimSize = 32 32 6", b"DimSize = 32 32 " + slices)
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged compressed voxels|truncated|too long"):
        require_sound_metaimage(path)


def test_the_files_with_the_voxels_are_listed(tmp_path: Path, image: sitk.Image) -> None:
    sitk.WriteImage(image, tmp_path / "ct.mhd")
    header = (tmp_path / "ct.mhd").read_text(encoding="utf-8")
    assert list_metaimage_files(tmp_path / "ct.mhd") == (tmp_path / "ct.raw",)
    names = [f"ct{number}.raw" for number in range(1, 7)]
    voxels = (tmp_path / "ct.raw").read_bytes()
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(voxels[number * 2048 : number * 2048 + 2048])
    for data in ("LIST\n" + "\n".join(names), "ct%d.raw 1 6 1"):
        text = header.replace("ElementDataFile = ct.raw", f"ElementDataFile = {data}")
        (tmp_path / "many.mhd").write_text(text, encoding="utf-8")
        assert [file.name for file in list_metaimage_files(tmp_path / "many.mhd")] == names
        require_sound_metaimage(tmp_path / "many.mhd")
        read = sitk.GetArrayFromImage(sitk.ReadImage(tmp_path / "many.mhd"))
        np.testing.assert_array_equal(read, sitk.GetArrayFromImage(image))
    (tmp_path / "ct3.raw").unlink()
    with pytest.raises(UserError, match="the data file of .* is missing: got no ct3.raw"):
        require_sound_metaimage(tmp_path / "many.mhd")
