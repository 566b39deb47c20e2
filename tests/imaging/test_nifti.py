"""Headers of NIfTI files that would give a wrong position."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.nifti import require_sound_nifti
from lnmbench.imaging.volume_files import read_volume_file

OBLIQUE = sitk.Euler3DTransform((0.0, 0.0, 0.0), 0.2, 0.1, 0.3).GetMatrix()
# Offset, type and new value of a field of the header; what is said.
QFORM, SFORM, FLIP = (252, "h", 0), (254, "h", 0), (76, "f", -1.0)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ([QFORM, SFORM], "does not state its position"),
        ([(268, "f", 99.0)], "qform and sform .* disagree"),
        ([FLIP], "qform and sform .* disagree: got directions apart by 2"),
        ([(280, "f", -7.0)], "sform and voxel size .* disagree"),
        ([(0, "i", 1)], "no NIfTI header"),
        ([(40, "h", 3), (46, "h", 900)], "is truncated"),
        ([(40, "h", 3), (46, "h", 4)], "more bytes than the"),
        ([(42, "h", 32767), (44, "h", 32767), (46, "h", 32767)], "more voxels than a CT has"),
        ([(108, "f", 0.0)], "no offset of its voxels"),
        ([SFORM, (256, "f", 5.0)], "a rotation that is none"),
        ([(80, "f", 0.0)], "a voxel size of 0 or less"),
        ([(80, "f", -0.7)], "a voxel size of 0 or less"),
        ([(344, "i", 0)], "got Analyze 7.5"),
        ([(344, "i", 0x0031696E)], "one of a pair of .hdr and .img"),
    ],
)
def test_nifti_headers_that_mislead_are_refused(
    tmp_path: Path, image: sitk.Image, fields: list[tuple[int, str, float]], says: str
) -> None:
    path = tmp_path / "ct.nii.gz"
    sitk.WriteImage(image, path)
    content = bytearray(gzip.decompress(path.read_bytes()))
    for offset, kind, value in fields:
        struct.pack_into(f"<{kind}", content, offset, value)
    path.write_bytes(gzip.compress(bytes(content)))
    with pytest.raises(UserError, match=says):
        read_volume_file(path)


@pytest.mark.parametrize("field", [QFORM, SFORM])
def test_one_of_qform_and_sform_is_enough(
    tmp_path: Path, image: sitk.Image, field: tuple[int, str, int]
) -> None:
    image.SetDirection(OBLIQUE)
    path = tmp_path / "ct.nii"
    sitk.WriteImage(image, path)
    content = bytearray(path.read_bytes())
    struct.pack_into(f"<{field[1]}", content, field[0], field[2])
    path.write_bytes(content)
    np.testing.assert_allclose(read_volume_file(path).GetDirection(), OBLIQUE, atol=1e-5)


def test_a_file_of_simpleitk_is_sound(tmp_path: Path, image: sitk.Image) -> None:
    for name in ("ct.nii", "ct.nii.gz"):
        sitk.WriteImage(image, tmp_path / name)
        require_sound_nifti(tmp_path / name)
    (tmp_path / "ct.nii.gz").write_bytes((tmp_path / "ct.nii.gz").read_bytes()[:-40])
    with pytest.raises(UserError, match="truncated or damaged gzip file"):
        require_sound_nifti(tmp_path / "ct.nii.gz")


def test_a_wrong_checksum_and_garbage_after_the_stream_are_refused(
    tmp_path: Path, image: sitk.Image
) -> None:
    path = tmp_path / "ct.nii.gz"
    sitk.WriteImage(image, path)
    content = path.read_bytes()
    for damaged in (content[:-8] + bytes(4) + content[-4:], content + b"garbage"):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="truncated or damaged gzip file"):
            read_volume_file(path)
