"""Rendering of a patient's CT: a stretched reference chest, the tumor, the scanner's noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import scipy
import SimpleITK as sitk

from lnmbench import Volume
from lnmbench_synthetic.anatomy import (
    CHESTS,
    PIXEL_MM,
    PIXELS,
    PLANE_MM,
    PLANES,
    Chest,
    paint_chest,
)
from lnmbench_synthetic.scan import MATRIX, Scan, acquire
from lnmbench_synthetic.tumor import (
    GLASS_GRAIN_HU,
    GLASS_HU,
    HALO_HU,
    HAZE_HU,
    SOLID_HU,
    SOLID_RISE_HU,
    SPICULE_HU,
    Cover,
    Traits,
    Tumor,
    cover_plane,
    grow_tumor,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.shapes import Field

_LOWEST_HU, _HIGHEST_HU = -1024, 3071
_NOISE_PIXELS = 1024
_painting = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phantom:
    """Parameters of a rendering; a call renders it, always with the same result.

    `seed` is the cohort's, `index` the case's, `lobe` an index of the lobes of the reference chest.
    """

    seed: int
    index: int
    lobe: int
    traits: Traits
    visibility: float = 1.0

    def __call__(self) -> Volume:
        """Return CT and tumor mask, 512 × 512 in plane, of the region around the tumor."""
        generator = np.random.default_rng((self.seed, 2, self.index))
        number = int(generator.integers(CHESTS))
        with _painting:  # two threads would otherwise both paint the chest
            reference = paint_chest(number)
        tumor = grow_tumor(self.traits, generator, visibility=self.visibility)
        scan = acquire(reference.sites[self.lobe], self.traits.size_mm, tumor, generator)
        return _render(reference, tumor, scan, generator, self.visibility)


def _render(
    reference: Chest,
    tumor: Tumor,
    scan: Scan,
    generator: np.random.Generator,
    visibility: float,
) -> Volume:
    shape = (len(scan.z), MATRIX, MATRIX)
    hu, mask = np.empty(shape, dtype=np.int16), np.zeros(shape, dtype=np.uint8)
    rows = _interpolate(scan.y / np.float32(scan.stretch[1]))
    columns = _interpolate(scan.x / np.float32(scan.stretch[0]))
    reach_mm = tumor.reach_mm
    box = _find_box(scan, reach_mm)
    for k, z in enumerate(scan.z):
        plane = _stretch(_sample_chest(reference, z / scan.stretch[2], generator), rows, columns)
        height = float(z) - scan.tumor[2]
        if abs(height) < reach_mm[2]:
            x, y = scan.x[box[1]] - scan.tumor[0], scan.y[box[0]] - scan.tumor[1]
            parts = cover_plane(tumor, x.astype(np.float32), y.astype(np.float32), height)
            grain = _cut_noise(1.5, len(y), len(x), generator)
            _add_tumor(plane[box], parts, grain, visibility)
            mask[k][box] = parts.mask
        plane += np.float32(scan.noise_hu) * _cut_noise(0.6, MATRIX, MATRIX, generator)
        hu[k] = np.clip(np.rint(plane, out=plane), _LOWEST_HU, _HIGHEST_HU, out=plane)
    return Volume(image=_make_image(hu, scan), mask=_make_image(mask, scan))


def _sample_chest(reference: Chest, z: float, generator: np.random.Generator) -> Field:
    """Return the reference chest at a height, with texture in the lung between the vessels."""
    position = float(np.clip(z / PLANE_MM + (PLANES - 1) / 2, 0, PLANES - 1.001))
    below, share = int(position), np.float32(position % 1)
    plane: Field = reference.hu[below].astype(np.float32)
    plane += share * (reference.hu[below + 1] - plane)
    # 1 in the lung; 0 in air, which is darker, and in vessels, which are brighter.
    lung = np.clip(1 - np.abs(plane + 850) / np.float32(110), 0, 1)
    fine, coarse = (_cut_noise(grain, PIXELS, PIXELS, generator) for grain in (0.7, 3.0))
    texture = 16 * fine + 14 * coarse
    plane += lung * texture
    return plane


def _interpolate(reference_mm: Field) -> tuple[NDArray[np.intp], Field]:
    """Return the pixel before each position, and the weight of the next pixel."""
    positions = np.clip(reference_mm / PIXEL_MM + (PIXELS - 1) / 2, 0, PIXELS - 1.001)
    before = positions.astype(np.intp)
    return before, (positions - before).astype(np.float32)


def _stretch(
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


def _find_box(scan: Scan, reach_mm: tuple[float, float, float]) -> tuple[slice, slice]:
    """Return the rows and columns within reach of the tumor and its surroundings."""
    column, row = (
        slice(*np.searchsorted(axis, (center - reach, center + reach)))
        for axis, center, reach in zip((scan.x, scan.y), scan.tumor[:2], reach_mm[:2], strict=True)
    )
    return row, column


def _add_tumor(canvas: Field, parts: Cover, grain: Field, visibility: float) -> None:
    """Blend a plane of the tumor into the chest around it, in place."""
    solid_hu = SOLID_HU + SOLID_RISE_HU * (visibility - 1.0)
    glass_grain = GLASS_GRAIN_HU * visibility
    lung = np.clip((-500 - canvas) / np.float32(300), 0, 1)
    canvas += HAZE_HU * (1 - parts.body) * parts.haze * lung * np.clip(0.4 + 0.6 * grain, 0, 2)
    canvas += HALO_HU * (1 - parts.body) * parts.halo * lung
    # Denser vessels and walls remain visible through streaks and ground glass.
    streaks = parts.spicules - parts.body
    canvas += np.float32(0.85) * streaks * np.maximum(SPICULE_HU - canvas, 0)
    canvas += parts.body * np.maximum(GLASS_HU + glass_grain * grain - canvas, 0)
    canvas += parts.core * (solid_hu + 12 * grain - canvas)


@lru_cache(maxsize=4)
def _make_noise(grain_pixels: float) -> Field:
    """Return a float32 tile of noise with mean 0 and SD 1 and grains of about this width."""
    shape = (_NOISE_PIXELS, _NOISE_PIXELS)
    white = np.random.default_rng((1902, int(grain_pixels * 100))).standard_normal(shape)
    smooth = scipy.ndimage.gaussian_filter(white, grain_pixels, mode="wrap")
    noise: Field = ((smooth - smooth.mean()) / smooth.std()).astype(np.float32)
    return noise


def _cut_noise(
    grain_pixels: float, rows: int, columns: int, generator: np.random.Generator
) -> Field:
    """Return a (rows, columns) view of the tile of noise at a random position."""
    tile = _make_noise(grain_pixels)
    row = int(generator.integers(0, _NOISE_PIXELS - rows + 1))
    column = int(generator.integers(0, _NOISE_PIXELS - columns + 1))
    return tile[row : row + rows, column : column + columns]


def _make_image(array: NDArray[np.int16] | NDArray[np.uint8], scan: Scan) -> sitk.Image:
    image = sitk.GetImageFromArray(array)
    image.SetOrigin(scan.origin)
    image.SetSpacing((scan.pixel_mm, scan.pixel_mm, scan.slice_mm))
    image.SetDirection((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    return image
