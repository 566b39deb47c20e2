"""Geometry of an acquisition: stretch of the chest, position of the tumor, voxel grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lnmbench_synthetic.torso import HALF_BODY_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.anatomy import Sites
    from lnmbench_synthetic.tumor import Tumor

MATRIX = 512
SLICES_MM = (2.5, 3.0, 3.75, 5.0)
PIXEL_LIMITS_MM = (0.6, 0.85)

_SLICE_SHARES = (0.15, 0.25, 0.20, 0.40)
_MARGIN_SLICES = 2
_PLEURA_MM = 1.5
_WANDER_MM = 6.0
_STRETCH = 0.05
# Field of view relative to the width of the body: a small one cuts off skin at the sides.
_FIELD = (0.96, 1.24)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scan:
    """One acquisition. Coordinates are mm of the stretched chest, with its center at 0.

    `x` (512,), `y` (512,) and `z` (slices,) are the voxels' centers, `tumor` the tumor's center,
    `origin` the position of the first voxel in the scanner's own coordinates.
    """

    stretch: tuple[float, float, float]
    tumor: tuple[float, float, float]
    pixel_mm: float
    slice_mm: float
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    z: NDArray[np.float64]
    origin: tuple[float, float, float]
    noise_hu: float


def acquire(sites: Sites, size_mm: float, tumor: Tumor, generator: np.random.Generator) -> Scan:
    """Return a scan of the region around a tumor, which is placed at random in its lobe.

    Parameters
    ----------
    sites
        Possible positions of the tumor in its lobe.
    size_mm
        Longest diameter of the tumor.
    tumor
        The tumor.
    generator
        Source of the random geometry.
    """
    stretch = 1 + generator.uniform(-_STRETCH, _STRETCH, 3)
    center = _choose_site(sites, float(size_mm / 2 / stretch.min()), generator) * stretch
    field_mm = 2 * HALF_BODY_MM[0] * stretch[0] * generator.uniform(*_FIELD)
    pixel_mm = round(float(np.clip(field_mm / MATRIX, *PIXEL_LIMITS_MM)), 4)
    slice_mm = float(generator.choice(SLICES_MM, p=_SLICE_SHARES))
    z = center[2] + _place_slices(tumor.half_height_mm, slice_mm, generator)
    across = ((np.arange(MATRIX) - (MATRIX - 1) / 2) * pixel_mm).astype(np.float32)
    table = np.round(generator.uniform((-8.0, 120.0, -900.0), (8.0, 200.0, -200.0)), 1)
    origin = table + np.array([across[0], across[0], z[0]])
    return Scan(
        stretch=(float(stretch[0]), float(stretch[1]), float(stretch[2])),
        tumor=(float(center[0]), float(center[1]), float(center[2])),
        pixel_mm=pixel_mm,
        slice_mm=slice_mm,
        x=across,
        y=across,
        z=z,
        origin=(float(origin[0]), float(origin[1]), float(origin[2])),
        noise_hu=float(generator.uniform(9.0, 16.0) * (5.0 / slice_mm) ** 0.5),
    )


def _choose_site(
    sites: Sites, radius_mm: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Return the site nearest to a usual one that is deep enough for the tumor, or the deepest.

    Tumors of a lobe are close together; otherwise a model trained on a cohort of this size could
    learn the position instead of the tumor.
    """
    target = np.array(sites.usual_mm) + generator.uniform(-_WANDER_MM, _WANDER_MM, 3)
    needed = min(radius_mm + _PLEURA_MM, float(sites.depth_mm.max()))
    points = sites.points_mm[sites.depth_mm >= needed]
    site: NDArray[np.float64] = points[((points - target) ** 2).sum(axis=1).argmin()]
    return site


def _place_slices(
    half_height_mm: float, slice_mm: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Return the slices' positions relative to the tumor's center, with a margin on both sides."""
    start = -half_height_mm - (_MARGIN_SLICES + generator.uniform()) * slice_mm
    count = int(np.ceil((half_height_mm - start) / slice_mm)) + _MARGIN_SLICES + 1
    return start + slice_mm * np.arange(count, dtype=np.float64)
