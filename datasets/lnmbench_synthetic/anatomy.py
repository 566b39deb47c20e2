"""Two reference chests without a tumor, painted once in a process.

Every phantom is one of these chests, stretched along x, y and z.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import scipy

from lnmbench_synthetic.patients import LOBES
from lnmbench_synthetic.torso import BLOOD, paint_plane
from lnmbench_synthetic.vessels import grow_vessels, stamp_vessels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.shapes import Field

CHESTS = 2
PLANES, PIXELS = 56, 272
PLANE_MM, PIXEL_MM = 4.0, 1.4

_FAT_MM = (11.0, 20.0)
_SITES_EVERY = 2
# In the order of the lobes.
_USUAL_MM = (
    (-72.0, -5.0, 38.0),
    (-82.0, -35.0, -18.0),
    (-76.0, 30.0, -25.0),
    (75.0, -8.0, 38.0),
    (86.0, 32.0, -25.0),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sites:
    """Possible positions of a tumor's center in a lobe.

    `points_mm` is (sites, 3): x, y, z. `depth_mm` is (sites,): the distance to the lung's surface.
    `usual_mm` is the x, y, z around which the lobe's tumors are placed.
    """

    usual_mm: tuple[float, float, float]
    points_mm: NDArray[np.float64]
    depth_mm: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chest:
    """A reference chest: `hu` is int16 (planes, rows, columns); `sites` has one entry a lobe."""

    hu: NDArray[np.int16]
    sites: tuple[Sites, ...]


def make_axis_mm(count: int, step_mm: float) -> NDArray[np.float64]:
    """Return the coordinates of equally spaced points around 0."""
    return (np.arange(count, dtype=np.float64) - (count - 1) / 2) * step_mm


@lru_cache(maxsize=CHESTS)
def paint_chest(number: int) -> Chest:
    """Return a reference chest, painted on the first call and cached."""
    across = make_axis_mm(PIXELS, PIXEL_MM).astype(np.float32)
    y, x = np.meshgrid(across, across, indexing="ij")
    painted = [paint_plane(x, y, float(z), _FAT_MM[number]) for z in make_axis_mm(PLANES, PLANE_MM)]
    hu = np.stack([plane for plane, _ in painted])
    lung = np.stack([share for _, share in painted])
    branches = grow_vessels(np.random.default_rng((1901, number)))
    stamp_vessels(hu, lung, branches, BLOOD - 60, (PLANE_MM, PIXEL_MM))
    return Chest(hu=np.rint(hu).astype(np.int16), sites=_find_sites(lung))


def _find_sites(lung: Field) -> tuple[Sites, ...]:
    coarse = lung[:, ::_SITES_EVERY, ::_SITES_EVERY] > 0.5
    pixel_mm = PIXEL_MM * _SITES_EVERY
    depth = scipy.ndimage.distance_transform_edt(coarse, sampling=(PLANE_MM, pixel_mm, pixel_mm))
    z, row, column = np.nonzero(depth > 4.0)
    across = make_axis_mm(PIXELS, PIXEL_MM)[::_SITES_EVERY]
    points = np.stack([across[column], across[row], make_axis_mm(PLANES, PLANE_MM)[z]], axis=1)
    depths, lobe = depth[z, row, column], _assign_lobes(points)
    return tuple(
        Sites(usual_mm=usual, points_mm=points[lobe == k], depth_mm=depths[lobe == k])
        for k, usual in enumerate(_USUAL_MM)
    )


def _assign_lobes(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the lobe (n,) of each point (n, 3): fissures slope, the right middle one is level."""
    x, y, z = points.T
    lower = y - 0.8 * z > 12
    right = np.where(lower, LOBES.index("right lower"), LOBES.index("right upper"))
    right = np.where(~lower & (z < 0), LOBES.index("right middle"), right)
    left = np.where(lower, LOBES.index("left lower"), LOBES.index("left upper"))
    return np.where(x < 0, right, left)
