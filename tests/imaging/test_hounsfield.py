"""Plausibility of HU: honest crops, noise and padding pass; other scales and copies do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from lnmbench import UserError
from lnmbench.imaging.dicom_index import index_folder
from lnmbench.imaging.hounsfield import find_hu_fault, require_hu
from lnmbench.imaging.series import read_ct, read_image
from lnmbench.records import Preprocessing, Volume

Voxels = NDArray[np.float64]
PAPER = Preprocessing()


def chest(seed: int = 0, *, noise: float = 12) -> Voxels:
    """A chest of 12 × 96 × 96 voxels in whole HU: air, fat, muscle, lung, vessels and bone."""
    rng = np.random.default_rng(seed)
    z, y, x = np.mgrid[:12, -1:1:96j, -1:1:96j]
    hu = np.full(x.shape, -1000.0)
    for part, value in (
        ((x / 0.95) ** 2 + (y / 0.75) ** 2 < 1, -100),
        ((x / 0.85) ** 2 + (y / 0.65) ** 2 < 1, 50),
        (((np.abs(x) - 0.42) / 0.3) ** 2 + (y / 0.45) ** 2 < 1, -860),
        ((np.abs(x) - 0.42) ** 2 + (y - 0.1) ** 2 + (z / 60 - 0.1) ** 2 < 0.012, 45),
        (x**2 + (y + 0.1) ** 2 < 0.02, 180),
        (x**2 + (y - 0.5) ** 2 < 0.015, 250),
        ((x**2 + (y - 0.5) ** 2 < 0.015) & (x**2 + (y - 0.5) ** 2 > 0.012), 700),
    ):
        hu[part] = value
    hu = (hu + np.roll(hu, 1, 1) + np.roll(hu, 1, 2)) / 3  # partial volume
    return np.clip(np.rint(hu + rng.normal(0, noise, hu.shape)), -1024, 3071)


def outside(hu: Voxels) -> NDArray[np.bool_]:
    y, x = np.mgrid[-1 : 1 : hu.shape[1] * 1j, -1 : 1 : hu.shape[2] * 1j]
    return np.broadcast_to(x**2 + y**2 > 0.95, hu.shape)


def smear(hu: Voxels) -> Voxels:
    return (hu[:, :, 1:] + hu[:, :, :-1]) / 2


def with_metal(hu: Voxels, value: float) -> Voxels:
    hu = hu.copy()
    hu[5, 40, 30:34] = value
    return hu


HONEST: dict[str, Callable[[Voxels], Voxels]] = {
    "a whole chest": lambda hu: hu,
    "soft tissue alone": lambda hu: hu[:, 20:28, 44:52],
    "lung and a tumor": lambda hu: hu[:, 40:60, 16:40],
    "lung alone": lambda hu: hu[:, 30:38, 16:28],
    "no air": lambda hu: hu[:, 28:60, 40:56],
    "bone": lambda hu: hu[:, 66:78, 42:54],
    "low dose": lambda hu: hu + np.random.default_rng(1).normal(0, 90, hu.shape),
    "contrast": lambda hu: np.where(hu > 120, hu + 250, hu),
    "fill of -1024": lambda hu: np.where(outside(hu), -1024, hu),
    "padding of -2000": lambda hu: np.where(outside(hu), -2000, hu),
    "padding of -3024": lambda hu: np.where(outside(hu), -3024, hu),
    "padding of -32768": lambda hu: np.where(outside(hu), -32768, hu),
    "padding that was resampled": lambda hu: smear(np.where(outside(hu), -3024, hu)),
    "metal": lambda hu: with_metal(hu, 32767),
    "resampled": smear,
    "clipped to the window of the patches": lambda hu: hu.clip(-1000, 400),
    "clipped to a wider window": lambda hu: hu.clip(-1024, 600),
    "piecewise constant": lambda hu: np.where(hu > -500, 40, -800),
}

WRONG: dict[str, tuple[Callable[[Voxels], Voxels], str]] = {
    "0 to 1": (lambda hu: (hu.clip(-1000, 400) + 1000) / 1400, "fractions from 0 to 1"),
    "-1 to 1": (lambda hu: (hu.clip(-1000, 400) + 300) / 700, "fractions from -1 to 1"),
    "z-scored": (lambda hu: (hu - hu.mean()) / hu.std(), "fractions from"),
    "z-scored and rounded": (lambda hu: np.rint((hu - hu.mean()) / hu.std()), "values from"),
    "windowed to 255": (
        lambda hu: np.rint((hu.clip(-160, 240) + 160) / 400 * 255),
        "nothing below 0",
    ),
    "windowed to 255, rescaled": (
        lambda hu: np.rint((hu.clip(-160, 240) + 160) / 400 * 255) - 1024,
        "cut off at -1024 and -769",
    ),
    "clipped to soft tissue": (lambda hu: hu.clip(-160, 240), "cut off at -160 and 240"),
    "clipped at 150": (lambda hu: hu.clip(-1350, 150), "cut off at 150"),
    "1024 too high": (lambda hu: hu + 1024, "nothing below 0|near 1000"),
    "1024 too high, crop": (lambda hu: hu[:, 20:70, 20:70] + 1024, "nothing below 0"),
    "1000 too high, noise below 0": (lambda hu: hu + 1000, "near 1000"),
    "1024 too high, padded": (
        lambda hu: np.where(outside(hu), -2000, hu + 1024),
        "nothing below 0|near 1000",
    ),
    "1024 too low": (lambda hu: hu - 1024, "% of the voxels from -2"),
    "8192 too high": (lambda hu: hu + 8192, "nothing below 0"),
    "signed read as unsigned": (
        lambda hu: np.where(hu < 0, hu + 65536, hu),
        "% of the voxels above 31000",
    ),
    "12 bits read as unsigned": (lambda hu: np.where(hu < 0, hu + 4096, hu), "nothing below 0"),
    "MR": (lambda hu: np.where(hu > -500, 300 + hu / 2, 8 + hu % 9), "nothing below 0"),
    "PET": (lambda hu: np.where(hu > -500, 5000 + 9 * hu, 20 + hu % 9), "nothing below 0"),
    "inverted": (lambda hu: -hu, "% of the voxels (above 600|near 1000)"),
    "air alone": (lambda hu: hu[:, :6, :6], "only -10"),
    "scaled": (lambda hu: hu * 10, "% of the voxels from -1"),
}


@pytest.mark.parametrize("variety", HONEST)
def test_a_ct_is_plausible(variety: str) -> None:
    assert find_hu_fault(HONEST[variety](chest())) is None


@pytest.mark.parametrize("corruption", WRONG)
def test_another_scale_is_not(corruption: str) -> None:
    change, got = WRONG[corruption]
    with pytest.raises(UserError, match=got) as refusal:
        require_hu(_volume(change(chest())), PAPER)
    assert "does not hold HU: expected air near -1000 and soft tissue near 0" in str(refusal.value)


@pytest.mark.parametrize("seed", range(8))
def test_the_corruptions_are_detected_in_other_chests(seed: int) -> None:
    hu = chest(seed, noise=3 + 4 * seed)
    assert [name for name, change in HONEST.items() if find_hu_fault(change(hu))] == []
    assert [name for name, (change, _) in WRONG.items() if not find_hu_fault(change(hu))] == []


def test_a_mask_is_named_as_such() -> None:
    for voxels, got in ((chest() > 0, "only 0 and 1"), (np.zeros((4, 8, 8)), "0 everywhere")):
        fault = find_hu_fault(voxels.astype(np.uint8))
        assert fault is not None
        assert fault.got == got
        assert "whether image and region are swapped" in fault.then


def test_eight_bits_hold_no_hu() -> None:
    fault = find_hu_fault(((chest() + 1024) / 16).astype(np.uint8))
    assert fault is not None
    assert fault.got.startswith("8-bit numbers")


@pytest.mark.parametrize("padding", [-2000, -3024, -32768])
def test_padding_becomes_air(padding: int) -> None:
    hu = np.where(outside(chest()), padding, chest())
    volume = require_hu(_volume(hu), PAPER)
    filled = sitk.GetArrayFromImage(volume.image)
    np.testing.assert_array_equal(filled, np.where(outside(hu), -1024, hu))
    assert filled.dtype == np.int16
    assert volume.image.GetSpacing() == (0.7, 0.7, 5.0)
    assert volume.notes[0].startswith("padding replaced by air (")


def test_a_scan_without_padding_is_not_copied() -> None:
    volume = _volume(chest())
    assert require_hu(volume, PAPER) is volume


def test_implausible_values_are_allowed_and_noted() -> None:
    volume = _volume(chest() + 1024)
    allowed = require_hu(volume, Preprocessing(allow_implausible=True))
    assert allowed.image is volume.image
    assert allowed.warnings[0].startswith("implausible HU allowed (")


def test_the_real_scans_are_plausible(shared_data: Path) -> None:
    lung = sitk.GetArrayFromImage(read_image(shared_data / "ct" / "lung1_image.nrrd"))
    assert find_hu_fault(lung) is None
    for series in index_folder(shared_data / "dicom"):
        if series.modality == "CT":
            assert find_hu_fault(sitk.GetArrayFromImage(read_ct(series))) is None


def _volume(hu: Voxels) -> Volume:
    whole = np.array_equal(hu, np.rint(hu))
    short = whole and hu.min() >= -(2**15) and hu.max() < 2**15
    image = sitk.GetImageFromArray(hu.astype(np.int16 if short else np.float32))
    image.SetSpacing((0.7, 0.7, 5.0))
    return Volume(image=image, mask=image)
