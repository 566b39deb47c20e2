"""Slices that were lost, doubled or rescaled are found; crops, padding and resampling are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from lnmbench import UserError
from lnmbench.imaging.damaged_slices import find_slice_fault, require_sound_slices
from lnmbench.records import Preprocessing, Volume

Voxels = NDArray[np.int16]


def body(slices: int = 14, *, seed: int = 0) -> Voxels:
    """A body of soft tissue with lung in air, in noise: (slices, 48, 40)."""
    z, y, x = np.mgrid[:slices, -1:1:48j, -1:1:40j]
    hu = np.full(x.shape, -1000.0)
    hu[x**2 + y**2 < 0.9] = 40
    hu[x**2 + y**2 < 0.3] = -850
    noise = np.random.default_rng(seed).normal(0, 10, hu.shape)
    return np.asarray(np.rint(hu + noise + z), dtype=np.int16)


def change(
    hu: Voxels, slices: slice | list[int], value: object, rows: slice = slice(None)
) -> Voxels:
    hu = hu.copy()
    hu[slices, rows] = value
    return hu


def mask_body(hu: Voxels) -> Voxels:
    """Air of one value outside a body that grows and shrinks along the axis."""
    z, y, x = np.mgrid[-1 : 1 : len(hu) * 1j, -1:1:48j, -1:1:40j]
    return np.where(x**2 + y**2 < 1 - z**2, hu, -1024).astype(np.int16)


HONEST: dict[str, Callable[[Voxels], Voxels]] = {
    "a scan": lambda hu: hu,
    "two slices": lambda hu: hu[:2],
    "empty ends": lambda hu: change(change(hu, slice(0, 3), -1024), slice(12, 14), -1024),
    "ends that repeat": lambda hu: np.pad(hu, ((2, 3), (0, 0), (0, 0)), mode="edge"),
    "padding of rows": lambda hu: change(hu, slice(None), -1024, slice(0, 20)),
    "a body without its surroundings": mask_body,
    "resampled to twice as many": lambda hu: np.repeat(hu, 2, axis=0),
    "noise-free": lambda _: np.repeat(np.where(body(1) > -500, 40, -800), 9, 0).astype(np.int16),
    "lung above liver": lambda hu: change(hu, slice(7, 14), hu[7:] + 900),
    "all of one value": lambda hu: np.zeros_like(hu),
}

DAMAGED: dict[str, tuple[Callable[[Voxels], Voxels], str]] = {
    "a lost slice": (lambda hu: change(hu, [7], -1024), "slice 8 of 14 with one value"),
    "several lost slices": (
        lambda hu: change(hu, slice(5, 8), 0),
        "3 slices, e.g. slice 6 of 14, with one value, between",
    ),
    "half a slice": (
        lambda hu: change(hu, [6], -1024, slice(24, None)),
        "slice 7 of 14 with one value in a part",
    ),
    "the first half of a slice": (
        lambda hu: change(hu, [6], -1024, slice(0, 24)),
        "slice 7 of 14 with one value in a part",
    ),
    "a slice twice": (lambda hu: change(hu, [8], hu[7]), "slice 9 of 14 with the same voxels"),
    "a slice without its intercept": (
        lambda hu: change(hu, [7], hu[7] + 1024),
        "slice 8 of 14 about 102. HU away",
    ),
    "every second slice without its intercept": (
        lambda hu: change(hu, slice(0, None, 2), hu[::2] + 1024),
        "12 slices, e.g. slice 2 of 14, about 102. HU away",
    ),
}


@pytest.mark.parametrize("variety", HONEST)
def test_honest_volumes_have_no_fault(variety: str) -> None:
    assert find_slice_fault(HONEST[variety](body())) is None


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_damaged_slices_are_refused_along_any_axis_of_storage(damage: str, axis: int) -> None:
    damaged, got = DAMAGED[damage]
    volume = _volume(damaged(body()), axis)
    with pytest.raises(UserError, match=got):
        require_sound_slices(volume, Preprocessing())


def test_damaged_slices_are_a_warning_where_implausible_values_are_allowed() -> None:
    volume = _volume(change(body(), [7], 0), 0)
    allowed = require_sound_slices(volume, replace(Preprocessing(), allow_implausible=True))
    assert allowed.image is volume.image
    assert "damaged slices allowed (slice 8 of 14" in allowed.warnings[0]


def test_a_sound_volume_is_returned_as_it_is() -> None:
    volume = _volume(body(), 0)
    assert require_sound_slices(volume, Preprocessing()) is volume


def _volume(hu: Voxels, axis: int) -> Volume:
    """Return a volume whose slices are stored along an axis of the array."""
    image = sitk.GetImageFromArray(np.moveaxis(hu, 0, axis))
    columns = [0, 1, 2]
    columns.insert(2 - axis, columns.pop())
    image.SetDirection(np.eye(3)[:, columns].ravel().tolist())
    return Volume(image=image, mask=image)
