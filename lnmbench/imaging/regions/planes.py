"""Planes of contours, filled on the slices of an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid import SAME_PLACE
from lnmbench.imaging.regions.grids import mask_like
from lnmbench.imaging.regions.outlines import Overlaps, count_overlaps, drop_repeats
from lnmbench.imaging.regions.polygons import fill
from lnmbench.text import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 0.01


def fill_slices(
    polygons: Sequence[NDArray[np.float64]], image: sitk.Image, where: str
) -> tuple[sitk.Image, list[str]]:
    """Return the mask of polygons, and warnings on what was repaired or does not match slices.

    A polygon that is stored twice counts once.

    Parameters
    ----------
    polygons
        Corners of each polygon in voxel indices x, y, z, (n, 3), with one z.
    image
        The CT volume.
    where
        File and ROI in error messages.

    Raises
    ------
    UserError
        If polygons extend beyond the image.
    """
    _refuse_outside(polygons, image, where)
    planes = _planes(polygons)
    outlines = [drop_repeats([polygon[:, :2] for polygon in plane]) for plane in planes]
    columns, rows, slices = image.GetSize()
    # Half a slice beyond an end still belongs to the last slice.
    ends = (2 * _ROUNDING - 0.5, slices - 0.5)
    depths = np.clip([plane[0][0, 2] for plane in planes], *ends)
    inside = np.zeros((slices, rows, columns), dtype=np.bool_)
    nearest = _nearest_planes(depths, slices)
    for slice_index, plane in nearest.items():
        inside[slice_index] = fill(outlines[plane], (rows, columns))
    return mask_like(image, inside), [
        *_describe_outlines(outlines, len(polygons)),
        *_describe_mismatch(depths, nearest),
        *_describe_gaps(inside),
    ]


def _refuse_outside(polygons: Sequence[NDArray[np.float64]], image: sitk.Image, where: str) -> None:
    limit = 0.5 + SAME_PLACE
    last = np.array(image.GetSize()) - 1
    out = sum(bool(np.any((p < -limit) | (p > last + limit))) for p in polygons)
    if out:
        raise UserError(
            "contours extend beyond the image",
            where=where,
            got=f"{out} of {len(polygons)}",
            then="check whether slices are missing, and that image and contours belong together",
        )


def _planes(polygons: Sequence[NDArray[np.float64]]) -> list[list[NDArray[np.float64]]]:
    """Return the polygons of each plane, upwards; those of one plane differ by rounding alone."""
    planes: list[list[NDArray[np.float64]]] = []
    for polygon in sorted(polygons, key=lambda polygon: float(polygon[0, 2])):
        if planes and polygon[0, 2] - planes[-1][-1][0, 2] <= SAME_PLACE:
            planes[-1].append(polygon)
        else:
            planes.append([polygon])
    return planes


def _nearest_planes(depths: NDArray[np.float64], slices: int) -> dict[int, int]:
    """Return the plane of each slice by index; slices too far from all planes are left out.

    A plane halfway between two slices belongs to the upper one alone, and a slice halfway between
    two planes takes the lower one, also if rounding moves them slightly.
    """
    above = np.arange(slices)[:, None] - depths[None, :]
    nearest = np.abs(above).argmin(axis=1)
    distance = above[np.arange(slices), nearest]
    reach = max(1.0, _step(depths)) / 2 + _ROUNDING
    near = np.flatnonzero((distance > 2 * _ROUNDING - reach) & (distance <= reach))
    return {int(slice_index): int(nearest[slice_index]) for slice_index in near}


def _step(depths: NDArray[np.float64]) -> float:
    """Return the least distance between planes in slices, 1 for a single plane."""
    return float(np.diff(depths).min()) if len(depths) > 1 else 1.0


def _describe_mismatch(depths: NDArray[np.float64], nearest: dict[int, int]) -> list[str]:
    notes = []
    if _step(depths) > 1 + 2 * SAME_PLACE:
        notes.append(
            f"contours lie {_step(depths):.2g} slices apart; the slices between use the nearest "
            "contour"
        )
    elif np.abs(depths - np.rint(depths)).max() > SAME_PLACE:
        notes.append("contours lie between slices; each slice uses the nearest contour")
    unused = len(depths) - len(set(nearest.values()))
    if unused:
        singular = "plane of contours is not the nearest of any slice and is left out"
        several = "planes of contours are not the nearest of any slice and are left out"
        notes.append(plural(unused, singular, several))
    return notes


def _describe_outlines(outlines: Sequence[Sequence[NDArray[np.float64]]], stored: int) -> list[str]:
    repeats = stored - sum(map(len, outlines))
    overlaps = sum(map(count_overlaps, outlines), Overlaps())
    notes = []
    if repeats:
        notes.append(f"contours that are stored twice count once: {plural(repeats, 'contour')}")
    if overlaps.crossing:
        voxels = plural(overlaps.crossing, "voxel")
        notes.append(f"contours cross each other: their overlap of {voxels} counts as outside")
    if overlaps.knotted:
        notes.append(f"a contour crosses itself: {plural(overlaps.knotted, 'voxel')} in doubt")
    return notes


def _describe_gaps(inside: NDArray[np.bool_]) -> list[str]:
    filled = np.flatnonzero(inside.any(axis=(1, 2)))
    gaps = int(filled[-1] - filled[0] + 1 - len(filled)) if len(filled) else 0
    return [f"slices between contours are empty: {plural(gaps, 'slice')}"] if gaps else []
