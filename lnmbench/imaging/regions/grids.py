"""Regions on the grid of the image; masks on other grids are resampled to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import require_plausible_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Headers are rounded differently; a tenth of a voxel still is the same position.
SAME_PLACE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """Tumor mask on the grid of its image: uint8, 0 outside, 1 inside, at least one voxel.

    `note` is a sentence on the choice of the region and on its resampling.
    """

    mask: sitk.Image
    note: str


def affine(image: sitk.Image) -> NDArray[np.float64]:
    """Return the 4 × 4 matrix from voxel indices (x, y, z, 1) to LPS mm."""
    matrix: NDArray[np.float64] = np.eye(4)
    matrix[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    matrix[:3, 3] = image.GetOrigin()
    return matrix


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
    matrix = affine(image)
    return np.linalg.solve(matrix[:3, :3], (points_mm - matrix[:3, 3]).T).T.astype(np.float64)


def index_map(mask: sitk.Image, image: sitk.Image) -> NDArray[np.float64]:
    """Return the 4 × 4 matrix from indices of the mask to indices of the image."""
    return np.linalg.solve(affine(image), affine(mask)).astype(np.float64)


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


def place_mask(mask: sitk.Image, image: sitk.Image, *, where: str) -> tuple[sitk.Image, str]:
    """Return a mask (not 0: inside) on the grid of the image, and a sentence on its resampling.

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

    Raises
    ------
    UserError
        For an empty mask, a grid that no CT can have, voxels outside the image, and a mask that
        falls between the voxels of the image.
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
    between = index_map(mask, image)
    _refuse_outside(binary, image, between, where)
    if mask.GetSize() == image.GetSize() and _deviation(between, np.eye(4), mask) < SAME_PLACE:
        binary.CopyInformation(image)
        return binary, ""
    placed = sitk.Resample(binary, image, sitk.Transform(), sitk.sitkNearestNeighbor, 0)
    after = count_voxels(placed)
    if same_lattice(between, mask) and after == before:
        return placed, ""
    if not after:
        raise UserError(
            "the region falls between the voxels of the image",
            where=where,
            got=f"{before} voxels of {_spacing(mask)}, the image's are {_spacing(image)}",
        )
    return placed, (
        f"resampled from another grid ({_spacing(mask)} to {_spacing(image)}) to the nearest "
        f"voxel: {before} voxels became {after}"
    )


def same_lattice(between: NDArray[np.float64], mask: sitk.Image) -> bool:
    """Return whether indices of the mask map one-to-one to whole indices of the image.

    Parameters
    ----------
    between
        The matrix (4, 4) of `index_map`, from indices of the mask to indices of the image.
    mask
        The mask; deviations are measured at the corners of its grid, in voxels.
    """
    permutation = np.rint(between)
    if not np.array_equal(np.abs(permutation[:3, :3]) @ np.ones(3), np.ones(3)):
        return False
    return _deviation(between, permutation, mask) < SAME_PLACE


def _deviation(a: NDArray[np.float64], b: NDArray[np.float64], mask: sitk.Image) -> float:
    """Return the largest disagreement of two index maps over the mask, in voxels."""
    corners = np.array([*np.ndindex(2, 2, 2)]) * (np.array(mask.GetSize()) - 1)
    ends = np.column_stack([corners, np.ones(8)])
    return float(np.abs((a - b) @ ends.T).max())


def _refuse_outside(
    binary: sitk.Image, image: sitk.Image, between: NDArray[np.float64], where: str
) -> None:
    limit = 0.5 + SAME_PLACE

    def count_outside(voxels: NDArray[np.int64]) -> int:
        mapped = voxels @ between[:3, :3].T + between[:3, 3]
        out = (mapped < -limit) | (mapped > np.array(image.GetSize()) - 1 + limit)
        return int(out.any(axis=1).sum())

    if count_outside(_corners(binary)):
        voxels = np.argwhere(sitk.GetArrayViewFromImage(binary))[:, ::-1]
        refuse_voxels_outside(count_outside(voxels), len(voxels), where)


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
