"""Regions from coordinates: a box, a sphere, a disk on a range of slices.

Points are in LPS mm: x grows to the patient's left, y to the back, z to the head. A voxel is inside
if its center is within the shape. Parts of a shape outside the image are cut off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid import Grid
from lnmbench.imaging.regions.grids import Region, count_voxels, indices, mask_like
from lnmbench.text import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

Point = tuple[float, float, float]
# A center on the border is inside, also if rounding moves it.
_ROUNDING_MM = 1e-6


def region_from_box(image: sitk.Image, first_mm: Point, last_mm: Point) -> Region:
    """Return the box between two opposite corners, its sides along x, y and z.

    Parameters
    ----------
    image
        The CT volume.
    first_mm, last_mm
        Opposite corners in LPS mm.

    Raises
    ------
    UserError
        For a box that contains no center of a voxel of the image.
    """
    low, high = np.minimum(first_mm, last_mm), np.maximum(first_mm, last_mm)

    def contains(points: Points) -> NDArray[np.bool_]:
        fits = (points >= low - _ROUNDING_MM) & (points <= high + _ROUNDING_MM)
        return np.asarray(fits.all(axis=-1))

    what = f"box from {_text(low)} to {_text(high)} mm"
    return _draw(image, low, high, contains, what)


def region_from_point(image: sitk.Image, point_mm: Point, radius_mm: float) -> Region:
    """Return the sphere around a point; the voxel of the point is always inside.

    Parameters
    ----------
    image
        The CT volume.
    point_mm
        Center in LPS mm.
    radius_mm
        Radius, 0 or more.

    Raises
    ------
    UserError
        For a point outside the image and a radius that is not 0 or more.
    """
    center_voxel = _voxel_of(image, point_mm)
    _check_radius(radius_mm)
    center = np.array(point_mm)

    def contains(points: Points) -> NDArray[np.bool_]:
        return np.asarray(np.linalg.norm(points - center, axis=-1) <= radius_mm + _ROUNDING_MM)

    what = f"sphere of {radius_mm:g} mm around {_text(center)} mm"
    return _draw(image, center - radius_mm, center + radius_mm, contains, what, {center_voxel})


def region_from_point_and_slices(
    image: sitk.Image, point_mm: Point, radius_mm: float, first_slice: int, last_slice: int
) -> Region:
    """Return a disk around a point on each slice from the first to the last.

    Parameters
    ----------
    image
        The CT volume.
    point_mm
        Center of the disk in LPS mm; the nearest voxel of each slice is always inside.
    radius_mm
        Radius of the disk.
    first_slice, last_slice
        Indices of the image's third axis from 0, the last one included.

    Raises
    ------
    UserError
        For a point or slices outside the image and a radius that is not 0 or more.
    """
    column, row, _ = _voxel_of(image, point_mm, slices=False)
    _check_radius(radius_mm)
    _check_slices(first_slice, last_slice, image.GetSize()[2])
    matrix, center = Grid.of_image(image).matrix, indices(image, np.array([point_mm]))[0]
    rows, columns = np.mgrid[: image.GetSize()[1], : image.GetSize()[0]]
    offsets = np.stack([columns - center[0], rows - center[1]], axis=-1) @ matrix[:3, :2].T
    disk = np.linalg.norm(offsets, axis=-1) <= radius_mm + _ROUNDING_MM
    disk[row, column] = True
    inside = np.zeros(image.GetSize()[::-1], dtype=np.bool_)
    inside[first_slice : last_slice + 1] = disk
    what = f"disk of {radius_mm:g} mm on slices {first_slice} to {last_slice}"
    return _region(image, inside, what)


def point_of_voxel(image: sitk.Image, voxel: Point) -> Point:
    """Return the LPS mm of a voxel index x, y, z, counted from 0; it need not be whole."""
    x, y, z = (Grid.of_image(image).matrix @ [*voxel, 1.0])[:3].tolist()
    return x, y, z


def _draw(
    image: sitk.Image,
    low: Points,
    high: Points,
    contains: Callable[[Points], NDArray[np.bool_]],
    what: str,
    always: set[tuple[int, int, int]] | None = None,
) -> Region:
    """Return the voxels between low and high (LPS mm) whose centers lie within the shape."""
    corners = np.array([[low, high][i][a] for c in np.ndindex(2, 2, 2) for a, i in enumerate(c)])
    reached = indices(image, corners.reshape(8, 3))
    size = np.array(image.GetSize())
    first = np.clip(np.floor(reached.min(axis=0)), 0, size).astype(int)
    last = np.clip(np.ceil(reached.max(axis=0)), -1, size - 1).astype(int)
    z, y, x = (np.arange(first[a], last[a] + 1) for a in (2, 1, 0))
    grid = np.stack(np.meshgrid(z, y, x, indexing="ij")[::-1], axis=-1)
    matrix = Grid.of_image(image).matrix
    inside = np.zeros(image.GetSize()[::-1], dtype=np.bool_)
    inside[np.ix_(z, y, x)] = contains(grid @ matrix[:3, :3].T + matrix[:3, 3])
    for column, row, slice_index in always or ():
        inside[slice_index, row, column] = True
    cut = np.any(reached < -0.5) or np.any(reached > size - 0.5)
    return _region(image, inside, f"{what}{', cut at the edge of the image' if cut else ''}")


def _region(image: sitk.Image, inside: NDArray[np.bool_], what: str) -> Region:
    mask = mask_like(image, inside)
    if not inside.any():
        raise UserError(
            f"the {what} contains no voxel of the image", got=f"the image spans {_extent(image)}"
        )
    return Region(mask=mask, note=f"{what}: {plural(count_voxels(mask), 'voxel')}")


def _voxel_of(image: sitk.Image, point_mm: Point, *, slices: bool = True) -> tuple[int, int, int]:
    """Return the index x, y, z of a point's voxel; without `slices`, only x and y are checked."""
    x, y, z = np.rint(indices(image, np.array([point_mm]))[0]).astype(int).tolist()
    columns, rows, depth = image.GetSize()
    if not (0 <= x < columns and 0 <= y < rows and (not slices or 0 <= z < depth)):
        mirrored = (-point_mm[0], -point_mm[1], point_mm[2])
        raise UserError(
            "the point lies outside the image",
            got=f"{_text(point_mm)} mm, the image spans {_extent(image)}",
            then="with the other sign of x and y it lies inside: if the coordinates are RAS, say "
            "so in the column coordinate_system"
            if _is_inside(image, mirrored)
            else "give LPS coordinates: x to the left, y to the back, z to the head",
        )
    return x, y, z


def _is_inside(image: sitk.Image, point_mm: Point) -> bool:
    voxel = np.rint(indices(image, np.array([point_mm]))[0])
    return bool(np.all(voxel >= 0) and np.all(voxel < image.GetSize()))


def _check_radius(radius_mm: float) -> None:
    if not 0 <= radius_mm < np.inf:
        raise UserError("the radius is not a length", expected="0 mm or more", got=f"{radius_mm:g}")


def _check_slices(first: int, last: int, slices: int) -> None:
    if not 0 <= first <= last < slices:
        raise UserError(
            "the slices are not in the image",
            expected=f"first and last slice within 0 to {slices - 1}",
            got=f"{first} to {last}",
        )


def _extent(image: sitk.Image) -> str:
    ends = np.array([*np.ndindex(2, 2, 2)]) * (np.array(image.GetSize()) - 1)
    matrix = Grid.of_image(image).matrix
    points = ends @ matrix[:3, :3].T + matrix[:3, 3]
    return f"{_text(points.min(axis=0))} to {_text(points.max(axis=0))} mm"


def _text(point: Point | Points) -> str:
    return "(" + ", ".join(f"{number:.6g}" for number in point) + ")"
