"""A made chest in HU, its files, and their reading as ingest reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from module_files import load_module
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from lnmbench import UserError
from lnmbench.imaging.damaged_slices import require_sound_slices
from lnmbench.imaging.hounsfield import require_hu
from lnmbench.imaging.series import find_image
from lnmbench.records import Preprocessing, Volume

Voxels = NDArray[np.int16]
WRITERS = load_module(Path(__file__).parents[1] / "imaging" / "conftest.py", "writers_of_troubles")


def make_chest() -> Voxels:
    """A chest of 8 × 32 × 32 voxels: air, fat, muscle, lungs and a vessel; no two slices alike."""
    z, y, x = np.mgrid[:8, -1:1:32j, -1:1:32j]
    hu = np.full(x.shape, -1000)
    hu[x**2 + y**2 < 0.9] = -100
    hu[x**2 + y**2 < 0.75] = 50
    hu[((np.abs(x) - 0.45) / 0.25) ** 2 + (y / 0.5) ** 2 < 1] = -850
    hu[x**2 + (y - 0.1) ** 2 < 0.02] = 200
    noise = np.random.default_rng(0).normal(0, 12, hu.shape)
    return np.clip(np.rint(hu + noise + 2 * z), -1024, 3000).astype(np.int16)


CHEST = make_chest()
RIM = np.broadcast_to(np.hypot(*np.mgrid[-1:1:32j, -1:1:32j]) > 1.05, CHEST.shape)


def make_image(voxels: NDArray[np.generic]) -> sitk.Image:
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing((0.7, 0.8, 5.0))
    image.SetOrigin((-20.0, -30.0, -100.0))
    return image


def read_voxels(path: Path) -> Voxels:
    """Return the voxels as ingest takes them."""
    image = find_image(path).image
    assert np.allclose(image.GetSpacing(), (0.7, 0.8, 5.0))
    assert np.allclose(image.GetOrigin(), (-20.0, -30.0, -100.0))
    volume = require_hu(Volume(image=image, mask=image), Preprocessing())
    return np.asarray(sitk.GetArrayFromImage(require_sound_slices(volume, Preprocessing()).image))


def require_chest(path: Path, expected: Voxels = CHEST) -> None:
    np.testing.assert_array_equal(read_voxels(path), expected)


def require_refusal(path: Path, says: str) -> None:
    with pytest.raises(UserError, match=says) as refusal:
        read_voxels(path)
    assert len(str(refusal.value)) < 600


def write_chest_series(
    folder: Path, change: Callable[[int, Dataset], None], **facts: object
) -> Path:
    WRITERS.write_series(folder / "ct", CHEST, change=change, **facts)
    return folder / "ct"
