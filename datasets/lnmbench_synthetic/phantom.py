"""Renders one patient's CT: a stretched reference chest, the tumor, and the scanner's noise."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from lnmbench import Volume
from lnmbench_synthetic.anatomy import CHESTS, PIXEL_MM, PIXELS, PLANE_MM, PLANES, Chest, chest
from lnmbench_synthetic.noise import cut
from lnmbench_synthetic.scan import MATRIX, Scan, acquire
from lnmbench_synthetic.tumor import (
    GLASS_HU,
    HAZE_HU,
    SOLID_HU,
    SPICULE_HU,
    Cover,
    Traits,
    Tumor,
    cover,
    grow_tumor,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.shapes import Field

_LOWEST_HU, _HIGHEST_HU = -1024, 3071
_painting = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phantom:
    """All that a rendering depends on. Called, it renders; it always renders the same.

    `seed` is the cohort's, `index` the case's, `lobe` counts into the lobes of the reference chest.
    """

    seed: int
    index: int
    lobe: int
    traits: Traits

    def __call__(self) -> Volume:
        """Return CT and tumor mask, 512 × 512 in plane, of the region around the tumor."""
        generator = np.random.default_rng((self.seed, 2, self.index))
        number = int(generator.integers(CHESTS))
        with _painting:  # else two threads that both need a chest first would both paint it
            reference = chest(number)
        tumor = grow_tumor(self.traits, generator)
        scan = acquire(reference.sites[self.lobe], self.traits.size_mm, tumor, generator)
        return _render(reference, tumor, scan, generator)


def _render(reference: Chest, tumor: Tumor, scan: Scan, generator: np.random.Generator) -> Volume:
    shape = (len(scan.z), MATRIX, MATRIX)
    hu, mask = np.empty(shape, dtype=np.int16), np.zeros(shape, dtype=np.uint8)
    rows = _places(scan.y / np.float32(scan.stretch[1]))
    columns = _places(scan.x / np.float32(scan.stretch[0]))
    reach_mm = tumor.reach_mm
    box = _box(scan, reach_mm)
    for k, z in enumerate(scan.z):
        plane = _stretched(_parenchyma(reference, z / scan.stretch[2], generator), rows, columns)
        height = float(z) - scan.tumor[2]
        if abs(height) < reach_mm[2]:
            x, y = scan.x[box[1]] - scan.tumor[0], scan.y[box[0]] - scan.tumor[1]
            parts = cover(tumor, x.astype(np.float32), y.astype(np.float32), height)
            _add_tumor(plane[box], parts, cut(1.5, len(y), len(x), generator))
            mask[k][box] = parts.mask
        plane += np.float32(scan.noise_hu) * cut(0.6, MATRIX, MATRIX, generator)
        hu[k] = np.clip(np.rint(plane, out=plane), _LOWEST_HU, _HIGHEST_HU, out=plane)
    return Volume(image=_as_image(hu, scan), mask=_as_image(mask, scan))


def _parenchyma(reference: Chest, z: float, generator: np.random.Generator) -> Field:
    """Return the reference chest at a height, with the texture of the lung between its vessels."""
    place = float(np.clip(z / PLANE_MM + (PLANES - 1) / 2, 0, PLANES - 1.001))
    below, share = int(place), np.float32(place % 1)
    plane: Field = reference.hu[below].astype(np.float32)
    plane += share * (reference.hu[below + 1] - plane)
    # 1 in the lung; 0 in air, which is darker, and in vessels, which are brighter.
    lung = np.clip(1 - np.abs(plane + 850) / np.float32(110), 0, 1)
    texture = 16 * cut(0.7, PIXELS, PIXELS, generator) + 14 * cut(3.0, PIXELS, PIXELS, generator)
    plane += lung * texture
    return plane


def _places(reference_mm: Field) -> tuple[NDArray[np.intp], Field]:
    """Return, for linear interpolation, the pixel before each place and the share of the next."""
    places = np.clip(reference_mm / PIXEL_MM + (PIXELS - 1) / 2, 0, PIXELS - 1.001)
    before = places.astype(np.intp)
    return before, (places - before).astype(np.float32)


def _stretched(
    plane: Field,
    rows: tuple[NDArray[np.intp], Field],
    columns: tuple[NDArray[np.intp], Field],
) -> Field:
    before, share = rows
    tall = plane[before]
    tall += share[:, None] * (plane[before + 1] - tall)
    before, share = columns
    wide: Field = tall.take(before, axis=1)
    wide += share * (tall.take(before + 1, axis=1) - wide)
    return wide


def _box(scan: Scan, reach_mm: tuple[float, float, float]) -> tuple[slice, slice]:
    """Return the rows and columns that the tumor and its surroundings can reach."""
    column, row = (
        slice(*np.searchsorted(axis, (at - reach, at + reach)))
        for axis, at, reach in zip((scan.x, scan.y), scan.tumor[:2], reach_mm[:2], strict=True)
    )
    return row, column


def _add_tumor(there: Field, parts: Cover, grain: Field) -> None:
    """Lay a plane of the tumor over the part of the chest where it is, in place."""
    lung = np.clip((-500 - there) / np.float32(300), 0, 1)
    there += HAZE_HU * (1 - parts.body) * parts.haze * lung * np.clip(0.4 + 0.6 * grain, 0, 2)
    # Streaks and ground glass let the denser vessels and walls behind them show.
    streaks = parts.spicules - parts.body
    there += np.float32(0.85) * streaks * np.maximum(SPICULE_HU - there, 0)
    there += parts.body * np.maximum(GLASS_HU + 55 * grain - there, 0)
    there += parts.core * (SOLID_HU + 12 * grain - there)


def _as_image(array: NDArray[np.int16] | NDArray[np.uint8], scan: Scan) -> sitk.Image:
    image = sitk.GetImageFromArray(array)
    image.SetOrigin(scan.origin)
    image.SetSpacing((scan.pixel_mm, scan.pixel_mm, scan.slice_mm))
    image.SetDirection((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    return image
