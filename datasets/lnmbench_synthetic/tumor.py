"""The tumor: a lobulated, spiculated body with a solid core and a ground-glass rim.

Its surface is star-shaped: a table holds one radius for each direction from the center.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lnmbench_synthetic import shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.shapes import Field

SOLID_HU = 38.0
SOLID_RISE_HU = 60.0
"""HU that the core gains with each step of the visibility."""
GLASS_HU = -620.0
GLASS_GRAIN_HU = 55.0
SPICULE_HU = -150.0
HAZE_HU = 260.0
HAZE_REACH_MM = 30.0
HALO_HU = 160.0
HALO_REACH_MM = 60.0

# Rows are the cosine of the polar angle, columns the azimuth: one entry for each direction.
_ROWS, _COLUMNS = 96, 192
_LOBE_WIDTH, _SPICULE_WIDTH = 9.0, 220.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """Appearance of a tumor. `size_mm` is its longest diameter; the others are between 0 and 1.

    `lobulation` is the depth of the furrows of its surface. `spiculation` is the number and length
    of its streaks, and the thickening of the lung around it. `solid` is the share of its volume
    that is solid; the rest is ground glass.
    """

    size_mm: float
    lobulation: float
    spiculation: float
    solid: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tumor:
    """A tumor's surface: radii in mm of shape (96, 192), one entry for each direction.

    `body` is the surface of the tumor (and of its mask), `core` that of its solid part, `spicules`
    the tips of the streaks. `haze` is the thickening of the lung around it, from 0 to 1, and
    `halo` the density of ground
    glass around it.
    """

    body: Field
    core: Field
    spicules: Field
    haze: float
    halo: float

    @property
    def reach_mm(self) -> tuple[float, float, float]:
        """Reach of the tumor and its surroundings from its center along x, y, z."""
        around_mm = max(HAZE_REACH_MM * (self.haze > 0), HALO_REACH_MM * (self.halo > 0))
        reach = np.maximum(self.spicules + 2, self.body + around_mm)
        x, y, z = (float(np.abs(part * reach).max()) for part in _list_directions())
        return x, y, z

    @property
    def half_height_mm(self) -> float:
        """Reach of the body from its center along z."""
        return float(np.abs(_list_directions()[2] * self.body).max())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cover:
    """Share of each voxel that the parts of a tumor fill: arrays of one shape, 0 to 1.

    `haze` decreases from the tumor's surface into the lung.
    """

    body: Field
    core: Field
    spicules: Field
    haze: Field
    halo: Field
    mask: NDArray[np.bool_]


def grow_tumor(traits: Traits, generator: np.random.Generator, *, visibility: float = 1.0) -> Tumor:
    """Return a tumor with these traits; the rest of its shape is drawn.

    Parameters
    ----------
    traits
        The traits.
    generator
        Source of the rest of the shape.
    visibility
        Contrast of the solid share: the core's radius is `solid ** (visibility / 3)` of the body's.
    """
    directions = np.stack(_list_directions()).reshape(3, -1).T
    radius = _draw_ellipsoid(directions, generator)
    bumps = _draw_bumps(directions, int(generator.integers(6, 11)), _LOBE_WIDTH, generator)
    radius = radius * (1 + 0.9 * traits.lobulation * (bumps - 0.6))
    radius = radius.reshape(_ROWS, _COLUMNS)
    opposite = np.roll(radius[::-1], _COLUMNS // 2, axis=1)
    body = radius * (traits.size_mm / (radius + opposite).max())
    streaks = _draw_bumps(directions, round(40 * traits.spiculation), _SPICULE_WIDTH, generator)
    length_mm = (4.0 + 0.30 * traits.size_mm) * traits.spiculation
    return Tumor(
        body=body.astype(np.float32),
        core=(body * traits.solid ** (visibility / 3)).astype(np.float32),
        spicules=(body + length_mm * streaks.reshape(body.shape)).astype(np.float32),
        haze=traits.spiculation,
        halo=(visibility - 1.0) * (1.0 - traits.solid),
    )


def cover_plane(tumor: Tumor, x: Field, y: Field, z: float) -> Cover:
    """Return the coverage (rows, columns) of the pixels of one plane by the tumor.

    Parameters
    ----------
    tumor
        The tumor.
    x, y
        Coordinates of the columns and rows in mm from the tumor's center: (columns,), (rows,).
    z
        Height of the plane in mm from the tumor's center.
    """
    distance = np.sqrt(x * x + (y * y + np.float32(z * z))[:, None])
    row = (np.float32(z) / np.maximum(distance, 1e-3) + 1) * np.float32(_ROWS / 2)
    turn = np.arctan2(y[:, None], x) + np.float32(np.pi)
    column = turn * np.float32(_COLUMNS / (2 * np.pi))
    index = np.minimum(row.astype(np.intp), _ROWS - 1) * _COLUMNS
    index += np.minimum(column.astype(np.intp), _COLUMNS - 1)
    body, core, spicules = (
        table.ravel()[index] - distance for table in (tumor.body, tumor.core, tumor.spicules)
    )
    return Cover(
        body=shapes.cover(body, 1.4),
        core=shapes.cover(core, 2.5),
        spicules=shapes.cover(spicules, 1.4),
        haze=np.float32(tumor.haze) * np.clip(1 + body / np.float32(HAZE_REACH_MM), 0, 1),
        halo=np.float32(tumor.halo) * np.clip(1 + body / np.float32(HALO_REACH_MM), 0, 1),
        mask=body > 0,
    )


def _list_directions() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return x, y, z of the unit vector of every entry of the table."""
    cosine = ((np.arange(_ROWS) + 0.5) / (_ROWS / 2) - 1)[:, None]
    angle = (np.arange(_COLUMNS) + 0.5) * (2 * np.pi / _COLUMNS) - np.pi
    sine = np.sqrt(1 - cosine**2)
    return sine * np.cos(angle), sine * np.sin(angle), np.broadcast_to(cosine, (_ROWS, _COLUMNS))


def _draw_ellipsoid(
    directions: NDArray[np.float64], generator: np.random.Generator
) -> NDArray[np.float64]:
    """Return the radius (m,) of a rotated ellipsoid, its longest axis 1, for directions (m, 3)."""
    axes = np.linalg.qr(generator.standard_normal((3, 3)))[0]
    half = np.array([1.0, *generator.uniform(0.75, 0.95, 2)])
    radius: NDArray[np.float64] = 1 / np.linalg.norm((directions @ axes) / half, axis=1)
    return radius


def _draw_bumps(
    directions: NDArray[np.float64], count: int, width: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Return bumps (m,) of height about 1 for directions (m, 3); a larger `width` is narrower."""
    if count == 0:
        return np.zeros(len(directions))
    peaks = generator.standard_normal((count, 3))
    peaks /= np.linalg.norm(peaks, axis=1, keepdims=True)
    heights = generator.uniform(0.5, 1.0, count)
    bumps: NDArray[np.float64] = np.max(
        heights * np.exp(width * (directions @ peaks.T - 1)), axis=1
    )
    return bumps
