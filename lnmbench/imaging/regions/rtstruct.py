"""Regions from DICOM structure sets: closed contours, filled slice by slice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid import SAME_PLACE
from lnmbench.imaging.grid_limits import FARTHEST_MM
from lnmbench.imaging.headers import UNKNOWN, reading, term
from lnmbench.imaging.regions.dicom import STRUCTURE_SET, open_object
from lnmbench.imaging.regions.grids import Region, count_voxels, indices
from lnmbench.imaging.regions.naming import EMPTY, NamedRegion, choose
from lnmbench.imaging.regions.planes import fill_slices
from lnmbench.text import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
_LEAST_POINTS = 3
_LINE_MM = 1e-3
_KINDS = (*_CLOSED, "OPEN_PLANAR", "OPEN_NONPLANAR", "POINT")


def region_from_rtstruct(path: Path, image: sitk.Image, name: str | None = None) -> Region:
    """Return an ROI of an RTSTRUCT on the grid of the image.

    Contours are placed by their coordinates, also on tilted images; the images that the file
    references are ignored. A voxel is inside if an odd number of the contours of its plane encloses
    its center (a contour within another one is a hole) or if its center lies on a contour. Each
    slice takes the nearest plane of contours, at most half a slice away, or half the distance
    between planes if these are further apart than the slices. A contour that is stored twice counts
    once, and points and lines do not count; the warnings say so.

    Parameters
    ----------
    path
        The RTSTRUCT.
    image
        The CT volume.
    name
        Pattern for the ROI, as in `naming.choose`; not needed if there is only one.

    Raises
    ------
    UserError
        For a file that is no RTSTRUCT or is damaged, a name that matches no ROI or several, an ROI
        without closed contours or with open ones too, contours that are not parallel to the slices
        or extend beyond the image, and an ROI that contains no voxel's center.
    """
    dataset = open_object(path, "a DICOM RTSTRUCT", (STRUCTURE_SET,))
    with reading(path):
        rois = [_named_region(dataset, roi) for roi in dataset.get("StructureSetROISequence") or []]
    roi = choose(rois, name, kind="ROI", where=str(path))
    where = f"{path}, ROI {roi}"
    with reading(path):
        contours, left_out = _contours(dataset, roi.number, where)
    polygons = [_to_voxels(contour, image, where) for contour in contours]
    mask, warnings = fill_slices(polygons, image, where)
    if not count_voxels(mask):
        raise UserError(
            "the ROI contains no center of a voxel",
            where=where,
            got=plural(len(contours), "contour"),
        )
    amount = f"{plural(len(contours), 'contour')}, {plural(count_voxels(mask), 'voxel')}"
    return Region(
        mask=mask, note=f"ROI {roi} of {len(rois)}: {amount}", warnings=(*left_out, *warnings)
    )


def _named_region(dataset: Any, roi: Any) -> NamedRegion:
    name, number = str(roi.get("ROIName") or ""), int(roi.ROINumber)
    return NamedRegion(
        number=number,
        names=(name,) if name else (),
        size="" if _contour_items(dataset, number) else EMPTY,
    )


def _contours(
    dataset: Any, number: int, where: str
) -> tuple[list[NDArray[np.float64]], tuple[str, ...]]:
    """Return the closed contours of an ROI, each (n, 3) in LPS mm, and warnings on the others."""
    items = _contour_items(dataset, number)
    if not items:
        raise UserError("the ROI has no contours", where=where)
    kinds = [term(item.get("ContourGeometricType"), _KINDS) or UNKNOWN for item in items]
    closed = [item for item, kind in zip(items, kinds, strict=True) if kind in _CLOSED]
    others = [kind for kind in kinds if kind not in _CLOSED]
    # A point beside outlines encloses nothing; an open line may be an outline that was not closed.
    if not closed or set(others) - {"POINT"}:
        raise UserError(
            "the ROI has contours that enclose nothing",
            where=where,
            expected="CLOSED_PLANAR alone",
            got=f"{len(others)} of {len(items)} are {', '.join(sorted(set(others)))}",
        )
    contours = [_points(item, number, where) for number, item in enumerate(closed, start=1)]
    solid = [contour for contour in contours if _encloses_area(contour)]
    if not solid:
        raise UserError(
            "the ROI has no contour that encloses anything",
            where=where,
            expected=f"at least {_LEAST_POINTS} points that are not on one line",
            got=plural(max(map(len, contours)), "point"),
        )
    left_out = len(items) - len(solid)
    warning = f"contours that enclose nothing are left out: {plural(left_out, 'contour')}"
    return solid, (warning,) if left_out else ()


def _encloses_area(contour: NDArray[np.float64]) -> bool:
    """Return whether a contour is more than points and a line."""
    if len(contour) < _LEAST_POINTS:
        return False
    widths_mm = np.linalg.svd(contour - contour.mean(axis=0), compute_uv=False)
    return bool(widths_mm[1] > _LINE_MM)


def _contour_items(dataset: Any, number: int) -> list[Any]:
    sequences = [
        entry.get("ContourSequence") or []
        for entry in dataset.get("ROIContourSequence") or []
        if int(entry.ReferencedROINumber) == number
    ]
    return [item for sequence in sequences for item in sequence]


def _points(item: Any, number: int, where: str) -> NDArray[np.float64]:
    data = item.get("ContourData")
    numbers = np.atleast_1d(np.asarray([] if data is None else data, dtype=np.float64))
    if numbers.size % 3 or not (np.abs(numbers) <= FARTHEST_MM).all():
        raise UserError(
            f"contour {number} is broken",
            where=where,
            expected=f"x, y, z of each point in mm, up to {FARTHEST_MM:g}",
        )
    return numbers.reshape(-1, 3)


def _to_voxels(contour: NDArray[np.float64], image: sitk.Image, where: str) -> NDArray[np.float64]:
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
