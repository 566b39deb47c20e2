"""Planes of contours to the slices of an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.regions.grids import SAME_PLACE, mask_like
from lnmbench.imaging.regions.polygons import fill

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 0.01


def fill_slices(
    polygons: Sequence[NDArray[np.float64]], image: sitk.Image, where: str
) -> tuple[sitk.Image, list[str]]:
    """Return the mask of polygons (n, 3) in voxel indices, and what is to be said of it.

    Raises `UserError` where polygons reach outside the image.
    """
    _refuse_outside(polygons, image, where)
    planes = _planes(polygons)
    columns, rows, slices = image.GetSize()
    # Half a slice beyond an end still belongs to the last slice.
    ends = (2 * _ROUNDING - 0.5, slices - 0.5)
    depths = np.clip([plane[0][0, 2] for plane in planes], *ends)
    inside = np.zeros((slices, rows, columns), dtype=np.bool_)
    nearest = _nearest_planes(depths, slices)
    for place, plane in nearest.items():
        inside[place] = fill([polygon[:, :2] for polygon in planes[plane]], (rows, columns))
    return mask_like(image, inside), _said(depths, nearest)


def _refuse_outside(polygons: Sequence[NDArray[np.float64]], image: sitk.Image, where: str) -> None:
    limit = 0.5 + SAME_PLACE
    last = np.array(image.GetSize()) - 1
    out = sum(bool(np.any((p < -limit) | (p > last + limit))) for p in polygons)
    if out:
        raise UserError(
            "contours reach outside the image",
            where=where,
            got=f"{out} of {len(polygons)}",
            then="look whether slices are missing, or whether image and contours belong together",
        )


def _planes(polygons: Sequence[NDArray[np.float64]]) -> list[list[NDArray[np.float64]]]:
    """Return the polygons plane by plane, upwards; those of one plane differ by rounding alone."""
    planes: list[list[NDArray[np.float64]]] = []
    for polygon in sorted(polygons, key=lambda polygon: float(polygon[0, 2])):
        if planes and polygon[0, 2] - planes[-1][-1][0, 2] <= SAME_PLACE:
            planes[-1].append(polygon)
        else:
            planes.append([polygon])
    return planes


def _nearest_planes(depths: NDArray[np.float64], slices: int) -> dict[int, int]:
    """Return which plane each slice takes; slices too far from any are left out.

    A plane halfway between two slices goes to the upper one alone, and a slice halfway between
    two planes takes the lower one, also where rounding moves them a little.
    """
    above = np.arange(slices)[:, None] - depths[None, :]
    nearest = np.abs(above).argmin(axis=1)
    distance = above[np.arange(slices), nearest]
    reach = max(1.0, _step(depths)) / 2 + _ROUNDING
    near = np.flatnonzero((distance > 2 * _ROUNDING - reach) & (distance <= reach))
    return {int(place): int(nearest[place]) for place in near}


def _step(depths: NDArray[np.float64]) -> float:
    """Return the distance between planes in slices: the least one, 1 for a single plane."""
    return float(np.diff(depths).min()) if len(depths) > 1 else 1.0


def _said(depths: NDArray[np.float64], nearest: dict[int, int]) -> list[str]:
    said = []
    if _step(depths) > 1 + 2 * SAME_PLACE:
        said.append(
            f"contours lie {_step(depths):.2g} slices apart, so that the slices between take the "
            "nearest one"
        )
    elif np.abs(depths - np.rint(depths)).max() > SAME_PLACE:
        said.append("contours lie between slices, so that each slice takes the nearest one")
    unused = len(depths) - len(set(nearest.values()))
    if unused:
        said.append(f"{unused} planes of contours are the nearest to no slice and are left out")
    gaps = max(nearest) - min(nearest) + 1 - len(nearest)
    if gaps:
        said.append(f"{gaps} slices between have no contour")
    return said
