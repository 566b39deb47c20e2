"""Vessels of the lungs: trees that grow from each hilum and branch until they are thin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.shapes import Field

_HILA_MM = ((-40.0, 8.0, 4.0), (42.0, 10.0, 8.0))
_ROOTS = 8
_THINNEST_MM = 0.65


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A straight vessel segment from `start` along `direction` (unit length), all in mm."""

    start: NDArray[np.float64]
    direction: NDArray[np.float64]
    length: float
    radius: float


def grow_vessels(generator: np.random.Generator) -> list[Branch]:
    """Return the branches of both lungs, arteries and veins."""
    branches: list[Branch] = []
    for hilum in _HILA_MM:
        outward = np.sign(hilum[0])
        for k in range(_ROOTS):
            angle = 2 * np.pi * (k + generator.uniform(-0.3, 0.3)) / _ROOTS
            direction = np.array([outward * 0.75, np.cos(angle), 1.25 * np.sin(angle)])
            radius = float(generator.uniform(3.0, 4.6))
            _grow_branch(branches, np.array(hilum), direction, radius, generator)
    return branches


def _grow_branch(
    branches: list[Branch],
    start: NDArray[np.float64],
    direction: NDArray[np.float64],
    radius: float,
    generator: np.random.Generator,
) -> None:
    if radius < _THINNEST_MM:
        return
    direction = direction / np.linalg.norm(direction)
    length = float(9.0 * radius**0.55 * generator.uniform(0.7, 1.4))
    branches.append(Branch(start=start, direction=direction, length=length, radius=radius))
    end = start + length * direction
    for shrink, spread in ((0.86, 0.28), (0.68, 0.65)):
        turned = direction + spread * generator.standard_normal(3)
        _grow_branch(
            branches, end, turned, radius * shrink * generator.uniform(0.9, 1.0), generator
        )


def stamp_vessels(
    hu: Field, lung: Field, branches: list[Branch], blood_hu: float, voxel_mm: tuple[float, float]
) -> None:
    """Paint the branches into the lung of a chest, in place.

    Parameters
    ----------
    hu
        The chest in HU (planes, rows, columns); changed in place.
    lung
        Share of lung in each voxel, of the same shape.
    branches
        The vessels.
    blood_hu
        HU of the vessels.
    voxel_mm
        Spacing of planes and of pixels.
    """
    share = np.zeros_like(hu)
    for branch in branches:
        for along in np.arange(0.0, branch.length, max(0.7 * branch.radius, 1.0)):
            _cover_ball(share, branch.start + along * branch.direction, branch.radius, voxel_mm)
    share *= lung
    hu += share * (np.float32(blood_hu) - hu)


def _cover_ball(
    share: Field, center_mm: NDArray[np.float64], radius: float, voxel_mm: tuple[float, float]
) -> None:
    """Cover the voxels of one ball; a thin one fades between planes, like a partial volume."""
    plane_mm, pixel_mm = voxel_mm
    step = np.array([plane_mm, pixel_mm, pixel_mm])
    middle = center_mm[::-1] / step + (np.array(share.shape) - 1) / 2
    reach = (radius + step) / step
    low = np.maximum(np.ceil(middle - reach).astype(int), 0)
    high = np.minimum(np.floor(middle + reach).astype(int) + 1, share.shape)
    if (low >= high).any():
        return
    dz, dy, dx = (
        ((np.arange(a, b) - m) * s).astype(np.float32)
        for a, b, m, s in zip(low, high, middle, step, strict=True)
    )
    distance = np.sqrt((0.6 * dz[:, None, None]) ** 2 + dy[:, None] ** 2 + dx**2)
    box = share[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    np.maximum(box, np.clip((radius - distance) / pixel_mm + 0.5, 0, 1), out=box)
