"""Headers of MetaImage files."""

from __future__ import annotations

from pathlib import Path

import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.metaimage import require_sound_metaimage


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
    size = path.stat().st_size
    with pytest.raises(UserError, match=rf"truncated: expected {size + 10} bytes, got {size}"):
        require_sound_metaimage(path)
