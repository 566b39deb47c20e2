"""NIfTI-1 and NIfTI-2, packed or not whatever the name."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench.imaging.volume_files import read_volume_file


def write_nifti_2(path: Path, image: sitk.Image, order: str) -> None:
    """Write spacing, sform and voxels of an image whose directions are those of LPS."""
    (x, y, z), (dx, dy, dz) = image.GetOrigin(), image.GetSpacing()
    content = bytearray(544)
    fields: list[tuple[str, int, tuple[object, ...]]] = [
        ("i8s2h8q", 0, (540, b"n+2\0\r\n\x1a\n", 4, 16, 3, *image.GetSize(), 1, 1, 1, 1)),
        ("8d", 104, (1.0, dx, dy, dz, 0, 0, 0, 0)),
        ("q2d", 168, (544, 1.0, 0.0)),
        ("2i", 344, (0, 1)),
        ("12d", 400, (-dx, 0, 0, -x, 0, -dy, 0, -y, 0, 0, dz, z)),
        ("i", 500, (2,)),
    ]
    for types, offset, values in fields:
        struct.pack_into(f"{order}{types}", content, offset, *values)
    voxels = sitk.GetArrayFromImage(image).astype(f"{order}i2").tobytes()
    whole = bytes(content) + voxels
    path.write_bytes(gzip.compress(whole) if path.suffix == ".gz" else whole)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("name", ["ct.nii", "ct.nii.gz"])
def test_nifti_2_is_read(tmp_path: Path, image: sitk.Image, order: str, name: str) -> None:
    write_nifti_2(tmp_path / name, image, order)
    read = read_volume_file(tmp_path / name)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read), sitk.GetArrayFromImage(image))
    np.testing.assert_allclose(read.GetSpacing(), image.GetSpacing(), rtol=1e-6)
    np.testing.assert_allclose(read.GetOrigin(), image.GetOrigin(), atol=1e-4)
    np.testing.assert_allclose(read.GetDirection(), np.eye(3).ravel(), atol=1e-6)


def test_gzip_is_recognized_by_content(tmp_path: Path, image: sitk.Image) -> None:
    sitk.WriteImage(image, tmp_path / "whole.nii")
    content = (tmp_path / "whole.nii").read_bytes()
    (tmp_path / "packed.nii").write_bytes(gzip.compress(content))
    (tmp_path / "plain.nii.gz").write_bytes(content)
    for name in ("packed.nii", "plain.nii.gz"):
        read = sitk.GetArrayFromImage(read_volume_file(tmp_path / name))
        np.testing.assert_array_equal(read, sitk.GetArrayFromImage(image))
