"""Regions on the grid of the image; masks on other grids are resampled to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid import SAME_PLACE, Grid
from lnmbench.imaging.grid_limits import require_plausible_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A region of more than this share of the image is its background, or the whole image.
MOST_OF_THE_IMAGE = 0.5
# A mask may reach this many voxels, its own or the image's, beyond the image: slices are thick.
_OVERHANG = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """Tumor mask on the grid of its image: uint8, 0 outside, 1 inside, at least one voxel.

    `note` is a sentence on the choice of the region. `warnings` are sentences on what was repaired
    or resampled, for a person to check.
    """

    mask: sitk.Image
    note: str
    warnings: tuple[str, ...] = ()


def indices(image: sitk.Image, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the continuous voxel indices of points.

    Parameters
    ----------
    image
        The image with the grid.
    points_mm
        Points x, y, z in LPS mm, (n, 3).

    Returns
    -------
    ndarray
        Indices x, y, z, (n, 3); a whole number is the center of a voxel.
    """
    matrix = Grid.of_image(image).matrix
    return np.linalg.solve(matrix[:3, :3], (points_mm - matrix[:3, 3]).T).T.astype(np.float64)


def mask_like(image: sitk.Image, inside: NDArray[np.bool_]) -> sitk.Image:
    """Return an array as a uint8 mask on the grid of the image.

    Parameters
    ----------
    image
        The image with the grid.
    inside
        Whether a voxel is in the region, (z, y, x), of the size of the image.
    """
    mask = sitk.GetImageFromArray(inside.astype(np.uint8))
    mask.CopyInformation(image)
    return mask


def count_voxels(mask: sitk.Image) -> int:
    """Return the number of voxels that are not 0."""
    return int(np.count_nonzero(sitk.GetArrayViewFromImage(mask)))


def place_mask(
    mask: sitk.Image, image: sitk.Image, *, where: str, same_space: bool = False
) -> tuple[sitk.Image, tuple[str, ...]]:
    """Return a mask (not 0: inside) on the grid of the image, and warnings on its resampling.

    On the same lattice of points it is copied, with any extent and order of its axes; from another
    grid each voxel of the image takes the mask's nearest one.

    Parameters
    ----------
    mask
        Mask on any grid.
    image
        The CT volume.
    where
        File and region in error messages.
    same_space
        Whether mask and image are known to lie in one space, such as a frame of reference.
        Otherwise their grids must prove it: see Raises.

    Raises
    ------
    UserError
        For an empty mask, a grid that no CT can have, voxels outside the image, and a mask that
        falls between the voxels of the image. Without `same_space`, also for a mask without
        geometry, a mask of the image's size in another geometry, and a mask on another grid that
        reaches beyond the image.
    """
    binary = sitk.Cast(mask != 0, sitk.sitkUInt8)
    binary.CopyInformation(mask)
    before = count_voxels(binary)
    if not before:
        raise UserError("the region is empty", where=where, expected="at least one voxel")
    require_plausible_grid(
        "the region",
        spacing_mm=mask.GetSpacing(),
        origin_mm=mask.GetOrigin(),
        direction=mask.GetDirection(),
        where=where,
    )
    grid, image_grid = Grid.of_image(mask), Grid.of_image(image)
    if not same_space:
        _refuse_lost_geometry(grid, image_grid, where)
    outside = _count_outside(binary, grid, image_grid)
    if outside < before and not same_space:
        _refuse_other_geometry(grid, image_grid, where)
    refuse_voxels_outside(outside, before, where)
    if grid.is_stored_as(image_grid):
        binary.CopyInformation(image)
        return binary, ()
    placed = sitk.Resample(binary, image, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    after = count_voxels(placed)
    if grid.shares_lattice(image_grid) and after == before:
        return placed, ()
    if not after:
        raise UserError(
            "the region falls between the voxels of the image",
            where=where,
            got=f"{before} voxels of {_spacing(mask)}, the image's are {_spacing(image)}",
        )
    return placed, (
        f"the mask was resampled from another grid ({_spacing(mask)} to {_spacing(image)}) to the "
        f"nearest voxel: {before} voxels became {after}",
    )


def refuse_large_region(mask: sitk.Image, where: str) -> None:
    """Raise `UserError` for a region of more than half the image: the background, or everything.

    Parameters
    ----------
    mask
        The region on the grid of the image.
    where
        File and region in error messages.
    """
    share = count_voxels(mask) / mask.GetNumberOfPixels()
    if share > MOST_OF_THE_IMAGE:
        raise UserError(
            "the region is too large for a tumor",
            where=where,
            expected=f"at most {MOST_OF_THE_IMAGE:.0%} of the image",
            got=f"{share:.0%}",
            then="check whether tumor and background are swapped",
        )


def _refuse_lost_geometry(grid: Grid, image: Grid, where: str) -> None:
    if grid.lacks_geometry() and not grid.shares_lattice(image):
        raise UserError(
            "the mask does not state its position in the patient",
            where=where,
            expected=f"{image.describe(grid)}, as the image has",
            got="an identity affine (spacing 1, origin 0): software dropped the geometry",
            then="save the mask with the geometry of the image",
        )


def _refuse_other_geometry(grid: Grid, image: Grid, where: str) -> None:
    """Refuse a mask of the image's size in another geometry, and one that reaches beyond it."""
    if grid.shares_lattice(image) and sorted(grid.size) != sorted(image.size):
        return
    if sorted(grid.size) == sorted(image.size) and not grid.has_points_of(image):
        raise UserError(
            "the mask has the size of the image, but another geometry",
            where=where,
            expected=image.describe(grid),
            got=grid.describe(image),
            then="give the mask of this image, saved with the geometry of the image",
        )
    corners = grid.corners_in(image, margin=0.5)
    allowed = _OVERHANG * (1 + np.abs(grid.map_to(image)[:3, :3]).sum(axis=1))
    below, above = -0.5 - corners.min(axis=0), corners.max(axis=0) - np.array(image.size) + 0.5
    overhang = np.maximum(below, above)
    if (overhang > allowed).any():
        axis = int(np.argmax(overhang - allowed))
        raise UserError(
            "the mask has another grid than the image and reaches beyond it",
            where=where,
            expected=image.describe(grid),
            got=f"{grid.describe(image)}: {overhang[axis]:.1f} voxels beyond",
            then="give the mask of this image, or resample it to the image",
        )


def _count_outside(binary: sitk.Image, grid: Grid, image: Grid) -> int:
    """Return the number of voxels of a mask that lie outside the image."""
    limit = 0.5 + SAME_PLACE
    between = grid.map_to(image)

    def count_outside(voxels: NDArray[np.int64]) -> int:
        mapped = voxels @ between[:3, :3].T + between[:3, 3]
        out = (mapped < -limit) | (mapped > np.array(image.size) - 1 + limit)
        return int(out.any(axis=1).sum())

    if not count_outside(_corners(binary)):
        return 0
    return count_outside(np.argwhere(sitk.GetArrayViewFromImage(binary))[:, ::-1])


def _corners(binary: sitk.Image) -> NDArray[np.int64]:
    """Return the corners (8, 3) of the box around the voxels that are not 0, as indices x, y, z."""
    inside = sitk.GetArrayViewFromImage(binary)
    lines = (inside.any(axis=(0, 1)), inside.any(axis=(0, 2)), inside.any(axis=(1, 2)))
    ends = np.array([np.flatnonzero(line)[[0, -1]] for line in lines])
    corners: NDArray[np.int64] = ends[np.arange(3), np.array([*np.ndindex(2, 2, 2)])]
    return corners


def refuse_voxels_outside(outside: int, voxels: int, where: str) -> None:
    """Raise `UserError` if voxels of a region are outside the image.

    Parameters
    ----------
    outside
        Number of voxels outside the image.
    voxels
        Number of voxels of the region.
    where
        File and region in error messages.
    """
    if outside == voxels:
        raise UserError(
            "the region lies outside the image",
            where=where,
            got=f"none of its {voxels} voxels within the image",
            then="check that image and region belong together",
        )
    if outside:
        raise UserError(
            "a part of the region lies outside the image",
            where=where,
            got=f"{outside} of {voxels} voxels outside",
            then="check whether slices of the image are missing",
        )


def _spacing(image: sitk.Image) -> str:
    return " × ".join(f"{number:.4g}" for number in image.GetSpacing()) + " mm"
