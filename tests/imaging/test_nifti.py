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
        ([(0, "i", 1)], "no NIfTI-1 header"),
        ([(40, "h", 3), (46, "h", 900)], "is truncated"),
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
