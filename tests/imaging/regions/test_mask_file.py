"""Mask files: the right label, on the grid of the image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions import read_region, region_from_mask


def _labels() -> np.ndarray:
    labels = np.zeros((6, 10, 12), dtype=np.uint8)
    labels[2:4, 3:5, 4:9] = 1
    labels[1, 7:9, 1:4] = 3
    return labels


def _written(path: Path, array: np.ndarray, image: sitk.Image) -> Path:
    mask = sitk.GetImageFromArray(array)
    mask.CopyInformation(image)
    sitk.WriteImage(mask, str(path))
    return path


@pytest.mark.parametrize("suffix", [".nrrd", ".nii.gz", ".mha"])
def test_every_format_gives_the_same_voxels(tmp_path: Path, image, suffix: str) -> None:
    path = _written(tmp_path / f"mask{suffix}", (_labels() == 1).astype(np.float32), image)
    region = read_region(path, image)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(region.mask), _labels() == 1)
    assert region.note == "label 1 of 1: 20 voxels"
    assert region.mask.GetOrigin() == image.GetOrigin()


def test_labels_are_listed_with_their_voxels_where_none_is_named(tmp_path: Path, image) -> None:
    path = _written(tmp_path / "mask.nrrd", _labels(), image)
    with pytest.raises(UserError, match=r"2 labels.*1 \(20 voxels\), 3 \(6 voxels\)"):
        region_from_mask(path, image)
    with pytest.raises(UserError, match="no label matches '2'"):
        region_from_mask(path, image, label=2)
    mask = sitk.GetArrayFromImage(region_from_mask(path, image, label=3).mask)
    np.testing.assert_array_equal(mask, _labels() == 3)


def test_names_of_slicer_choose_a_label(tmp_path: Path, image) -> None:
    mask = sitk.GetImageFromArray(_labels())
    mask.CopyInformation(image)
    for number, (name, label) in enumerate({"lung": "1", "GTV": "3"}.items()):
        mask.SetMetaData(f"Segment{number}_Name", name)
        mask.SetMetaData(f"Segment{number}_LabelValue", label)
    sitk.WriteImage(mask, str(tmp_path / "a.seg.nrrd"))
    assert read_region(tmp_path / "a.seg.nrrd", image, "gtv*").note.startswith("label 3 of 2")


def test_a_file_that_names_no_labels_says_that_a_name_was_no_use(tmp_path: Path, image) -> None:
    path = _written(tmp_path / "mask.nrrd", (_labels() == 1).astype(np.uint8), image)
    assert (
        "names no labels, so 'GTV*' was not searched for" in read_region(path, image, "GTV*").note
    )


def test_a_crop_in_other_axes_is_copied_voxel_for_voxel(tmp_path: Path, image) -> None:
    mask = sitk.GetImageFromArray((_labels() == 1).astype(np.uint8))
    mask.CopyInformation(image)
    turned = sitk.PermuteAxes(sitk.Flip(mask[2:11, 1:8, 1:5], [True, False, True]), [2, 0, 1])
    sitk.WriteImage(turned, str(tmp_path / "crop.nrrd"))
    region = region_from_mask(tmp_path / "crop.nrrd", image)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(region.mask), _labels() == 1)
    assert region.note == "label 1 of 1: 20 voxels"


def test_a_coarser_mask_keeps_its_volume_and_says_so(tmp_path: Path, image) -> None:
    coarse = sitk.Image(6, 5, 3, sitk.sitkUInt8)
    coarse.SetSpacing((1.4, 1.4, 10))
    coarse.SetOrigin((-19.65, -29.65, -97.5))
    coarse[2:4, 1:3, 1] = 1
    sitk.WriteImage(coarse, str(tmp_path / "coarse.nii"))
    region = region_from_mask(tmp_path / "coarse.nii", image)
    assert sitk.GetArrayFromImage(region.mask)[2:4, 2:6, 4:8].all()
    (warning,) = region.warnings
    assert "(1.4 × 1.4 × 10 mm to 0.7 × 0.7 × 5 mm)" in warning
    assert "4 voxels became 32" in warning


def test_a_mask_of_another_patient_is_refused(tmp_path: Path, image) -> None:
    elsewhere = sitk.Image(image)
    elsewhere.SetOrigin((500, 0, 0))
    path = _written(tmp_path / "mask.nrrd", _labels(), elsewhere)
    with pytest.raises(UserError, match="none of its 20 voxels within the image"):
        region_from_mask(path, image, label=1)


def test_the_real_mask_is_kept_as_it_is(shared_data: Path) -> None:
    image = sitk.ReadImage(shared_data / "ct" / "lung1_image.nrrd")
    region = read_region(shared_data / "ct" / "lung1_label.nrrd", image)
    mask = sitk.GetArrayFromImage(region.mask)
    assert mask.sum() == 837
    assert np.flatnonzero(mask.any(axis=(1, 2))).tolist() == [32, 33, 34]


@pytest.mark.parametrize("suffix", [".nrrd", ".nii.gz", ".nii", ".mha"])
def test_a_truncated_mask_never_passes_for_a_smaller_tumor(tmp_path, image, suffix: str) -> None:
    path = _written(tmp_path / f"mask{suffix}", (_labels() == 1).astype(np.uint8), image)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * 0.9)])
    with pytest.raises(UserError, match="truncated|cannot read"):
        read_region(path, image)


@pytest.mark.parametrize("error", [1.526e-5, -9e-4])
def test_labels_that_a_slope_rounded_are_labels(tmp_path: Path, image, error: float) -> None:
    stored = _labels().astype(np.float64)
    stored[stored > 0] += error
    path = _written(tmp_path / "mask.nii.gz", stored, image)
    mask = sitk.GetArrayFromImage(region_from_mask(path, image, label=3).mask)
    np.testing.assert_array_equal(mask, _labels() == 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda stored: stored * 0.25, "probabilities: threshold them first"),
        (lambda stored: stored * 1.01, "contains fractions.*e.g. 3.03"),
        (lambda stored: np.where(stored > 0, stored, np.nan), "values that are not numbers"),
        (lambda stored: stored - 1, "negative labels.*got -1"),
        (lambda stored: stored * 1e20, "is not a mask"),
    ],
)
def test_other_values_are_refused_with_the_cause(
    tmp_path: Path, image, change, message: str
) -> None:
    path = _written(tmp_path / "mask.nrrd", change(_labels().astype(np.float64)), image)
    with pytest.raises(UserError, match=message):
        region_from_mask(path, image, label=1)


def test_a_single_value_is_the_region_whatever_it_is(tmp_path: Path, image) -> None:
    path = _written(tmp_path / "mask.nrrd", (_labels() == 1).astype(np.uint8) * 255, image)
    assert read_region(path, image).note == "label 255 of 1: 20 voxels"
    assert read_region(path, image, "255.0").note == "label 255 of 1: 20 voxels"
    with pytest.raises(UserError, match=r"no label matches '1'.*255 \(20 voxels\)"):
        read_region(path, image, "1")
