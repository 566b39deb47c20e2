"""Regions from DICOM structure sets: closed contours, filled slice by slice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import FARTHEST_MM
from lnmbench.imaging.headers import UNKNOWN, reading, term
from lnmbench.imaging.regions.dicom import STRUCTURE_SET, open_object
from lnmbench.imaging.regions.grids import SAME_PLACE, count, indices
from lnmbench.imaging.regions.naming import Offered, choose
from lnmbench.imaging.regions.planes import fill_slices
from lnmbench.imaging.regions.region import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
_KINDS = (*_CLOSED, "OPEN_PLANAR", "OPEN_NONPLANAR", "POINT")


def region_from_rtstruct(path: Path, image: sitk.Image, name: str | None = None) -> Region:
    """Return an ROI of an RTSTRUCT on the grid of the image.

    Contours are placed by their coordinates, also on tilted images; the images that the file
    refers to play no part. A voxel belongs where an odd number of the contours of its plane
    encloses its center (a contour within another one is a hole) or where its center lies on a
    contour. Each slice takes the nearest plane of contours, at most half a slice away, or half
    the distance between planes where these lie further apart than the slices.

    Raises `UserError` for a file that is no RTSTRUCT or is damaged, a name that means no ROI or
    several, an ROI without closed contours or with others beside them, contours that are not
    parallel to the slices or reach outside the image, and an ROI that holds no voxel's center.
    """
    dataset = open_object(path, "a DICOM RTSTRUCT", (STRUCTURE_SET,))
    with reading(path):
        rois = [_offered(roi) for roi in dataset.get("StructureSetROISequence") or []]
    roi = choose(rois, name, kind="ROI", where=str(path))
    where = f"{path}, ROI {roi}"
    with reading(path):
        contours = _contours(dataset, roi.number, where)
    polygons = [_in_voxels(contour, image, where) for contour in contours]
    mask, done = fill_slices(polygons, image, where)
    if not count(mask):
        raise UserError(
            "the ROI holds the center of no voxel", where=where, got=f"{len(contours)} contours"
        )
    found = f"ROI {roi} of {len(rois)}: {len(contours)} contours, {count(mask)} voxels"
    return Region(mask=mask, found="; ".join([found, *done]))


def _offered(roi: Any) -> Offered:
    name = str(roi.get("ROIName") or "")
    return Offered(number=int(roi.ROINumber), names=(name,) if name else ())


def _contours(dataset: Any, number: int, where: str) -> list[NDArray[np.float64]]:
    """Return the closed contours of an ROI, each (n, 3) in LPS mm."""
    sequences = [
        entry.get("ContourSequence") or []
        for entry in dataset.get("ROIContourSequence") or []
        if int(entry.ReferencedROINumber) == number
    ]
    items = [item for sequence in sequences for item in sequence]
    if not items:
        raise UserError("the ROI has no contours", where=where)
    kinds = [term(item.get("ContourGeometricType"), _KINDS) or UNKNOWN for item in items]
    others = [kind for kind in kinds if kind not in _CLOSED]
    if others:
        raise UserError(
            "the ROI has contours that enclose nothing",
            where=where,
            expected="CLOSED_PLANAR alone",
            got=f"{len(others)} of {len(items)} are {', '.join(sorted(set(others)))}",
        )
    return [_points(item, place, where) for place, item in enumerate(items, start=1)]


def _points(item: Any, place: int, where: str) -> NDArray[np.float64]:
    data = item.get("ContourData")
    numbers = np.atleast_1d(np.asarray([] if data is None else data, dtype=np.float64))
    if numbers.size % 3 or not (np.abs(numbers) <= FARTHEST_MM).all():
        raise UserError(
            f"contour {place} is broken",
            where=where,
            expected=f"x, y, z of each point in mm, up to {FARTHEST_MM:g}",
        )
    if numbers.size < 9:
        raise UserError(
            f"contour {place} encloses nothing",
            where=where,
            expected="at least 3 points",
            got=str(numbers.size // 3),
        )
    return numbers.reshape(-1, 3)


def _in_voxels(contour: NDArray[np.float64], image: sitk.Image, where: str) -> NDArray[np.float64]:
    """Return the corners of a contour as voxel indices x, y, z, with one z for all of them."""
    points = indices(image, contour)
    depth = points[:, 2]
    if np.ptp(depth) > 2 * SAME_PLACE:
        raise UserError(
            "the contours are not parallel to the image's slices",
            where=where,
            got=f"one spans {np.ptp(depth):.1f} slices",
            then="draw them on the slices of this image, or give a mask",
        )
    points[:, 2] = depth.mean()
    return points
