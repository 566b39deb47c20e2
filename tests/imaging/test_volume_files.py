"""NIfTI, NRRD and MetaImage give the same volume, or are refused with the reason."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.series import read_image
from lnmbench.imaging.volume_files import list_data_files, read_volume_file

OBLIQUE = sitk.Euler3DTransform((0.0, 0.0, 0.0), 0.2, 0.1, 0.3).GetMatrix()
LEFT_HANDED = (-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize("suffix", ["nii", "nii.gz", "NII.GZ", "nrrd", "nhdr", "mha", "mhd"])
@pytest.mark.parametrize("direction", [OBLIQUE, LEFT_HANDED])
def test_every_format_gives_the_same_volume(
    tmp_path: Path, image: sitk.Image, suffix: str, direction: tuple[float, ...]
) -> None:
    image.SetDirection(direction)
    sitk.WriteImage(image, tmp_path / f"ct.{suffix.lower()}")
    path = (tmp_path / f"ct.{suffix.lower()}").rename(tmp_path / f"ct.{suffix}")
    result = read_image(path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(result), sitk.GetArrayFromImage(image))
    np.testing.assert_allclose(result.GetDirection(), direction, atol=1e-6)
    np.testing.assert_allclose(result.GetOrigin(), image.GetOrigin(), atol=1e-4)
    np.testing.assert_allclose(result.GetSpacing(), image.GetSpacing(), rtol=1e-6)


def test_a_fourth_dimension_of_one_is_dropped(tmp_path: Path, image: sitk.Image) -> None:
    sitk.WriteImage(sitk.JoinSeries([image]), tmp_path / "ct.nii.gz")
    result = read_volume_file(tmp_path / "ct.nii.gz")
    assert result.GetSize() == image.GetSize()


@pytest.mark.parametrize("suffix", ["nii", "nii.gz", "nrrd", "mha"])
def test_a_truncated_file_is_not_read(tmp_path: Path, image: sitk.Image, suffix: str) -> None:
    path = tmp_path / f"ct.{suffix}"
    sitk.WriteImage(image, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(UserError, match="truncated|damaged|cannot read"):
        read_volume_file(path)


@pytest.mark.parametrize("suffix", ["nii", "nii.gz", "nrrd"])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_what_is_no_number_is_refused(
    tmp_path: Path, image: sitk.Image, suffix: str, kind: type, number: float
) -> None:
    hu = sitk.GetArrayFromImage(image).astype(kind)
    hu[-1, -1, -1] = number
    changed = sitk.GetImageFromArray(hu)
    changed.CopyInformation(image)
    sitk.WriteImage(changed, tmp_path / f"ct.{suffix}")
    with pytest.raises(UserError, match=f"ct.{suffix} contains values that are not numbers"):
        read_volume_file(tmp_path / f"ct.{suffix}")


def test_whole_numbers_and_what_follows_the_voxels_are_no_nan(
    tmp_path: Path, image: sitk.Image
) -> None:
    for kind, name in ((sitk.sitkInt16, "whole.nii"), (sitk.sitkFloat32, "float.nii")):
        sitk.WriteImage(sitk.Cast(image, kind), tmp_path / name)
        with (tmp_path / name).open("ab") as file:
            file.write(b"\xff" * 64)
        assert read_volume_file(tmp_path / name).GetSize() == image.GetSize()


def test_the_real_ct_is_read(shared_data: Path) -> None:
    image = read_image(shared_data / "ct" / "lung1_image.nrrd")
    assert image.GetSize() == (512, 512, 48)
    assert image.GetSpacing() == pytest.approx((0.5703125, 0.5703125, 5.0))


@pytest.mark.parametrize("suffix", ["nrrd", "mha"])
def test_other_files_that_are_packed_as_a_whole_are_named_as_such(
    tmp_path: Path, image: sitk.Image, suffix: str
) -> None:
    path = tmp_path / f"ct.{suffix}"
    sitk.WriteImage(image, path)
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(UserError, match="is packed with gzip; unpack it first"):
        read_volume_file(path)


@pytest.mark.parametrize("suffix", ["nhdr", "mhd", "nrrd", "mha", "nii"])
def test_the_files_with_the_voxels_are_listed(
    tmp_path: Path, image: sitk.Image, suffix: str
) -> None:
    path = tmp_path / f"ct.{suffix}"
    sitk.WriteImage(image, path)
    names = {"nhdr": "ct.raw", "mhd": "ct.raw"}
    assert list_data_files(path) == (tmp_path / names.get(suffix, path.name),)


def test_nothing_of_metaio_reaches_the_console(
    tmp_path: Path, image: sitk.Image, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ct.mha"
    sitk.WriteImage(image, path, useCompression=True)
    content = path.read_bytes()
    for damaged in (content[:-90], content[:-90] + bytes(90), content[:500]):
        path.write_bytes(damaged)
        with pytest.raises(UserError):
            read_volume_file(path)
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""
