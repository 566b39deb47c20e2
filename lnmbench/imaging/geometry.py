"""Geometry of patches: resampling of a CT volume and its tumor mask for the cohort file.

The target grid is a lattice with the spacing of the preprocessing, laid through the first voxel of
the volume after orientation to LPS. It is unbounded: outside the image is air. A patch is a window
of this lattice, so its values do not depend on how much of the lattice is resampled. The lattice
follows the axes of the volume, so that slices of an oblique scan stay its slices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import require_plausible_grid
from lnmbench.text import format_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench.records import Preprocessing, Volume

Vector = tuple[float, float, float]
Index = tuple[int, int, int]

_HU_LIMITS = (np.iinfo(np.int16).min, np.iinfo(np.int16).max)
_GRID_TOLERANCE = 1e-3
# Writers round spacings differently, which must not move a patch whose center is a lattice point.
_TIE_TOLERANCE = 1e-3
_MOST_POINTS = 1 << 27


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patches:
    """Slices of one case that contain the tumor, from feet to head.

    `slices` is int16 HU of shape (s, patch, patch), `masks` uint8 of the same shape: 0 outside the
    tumor, 1 inside. Rows run from anterior to posterior, columns from the patient's right to left.
    """

    slices: NDArray[np.int16]
    masks: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Block of the lattice: its first index, size and spacing along x, y, z."""

    start: Index
    size: Index
    spacing_mm: Vector


def to_patches(volume: Volume, preprocessing: Preprocessing) -> Patches:
    """Return the tumor's slices at the target spacing, cropped around the tumor.

    The volume is oriented to LPS and resampled (image linearly, mask to the nearest voxel). The
    slices that contain the tumor are cropped to patch × patch pixels around the center of the whole
    tumor's bounding box. Outside the image is air. Only this window is resampled, which gives the
    same values as resampling the whole volume. If a small tumor falls between the points of the
    lattice, the points nearest to its voxels become the mask.

    Parameters
    ----------
    volume
        CT in HU and tumor mask on one grid.
    preprocessing
        Spacing in mm, size of a patch in pixels, and HU of air.

    Returns
    -------
    Patches
        HU and masks of the slices with tumor, (s, patch, patch) each.

    Raises
    ------
    UserError
        If the image is not a three-dimensional grid of numbers that a CT can have; if the mask lies
        on another grid or is empty, its parts are too far apart for one patch, or it has more
        slices than fit into memory.
    """
    image, mask = orient(volume)
    inside = require_tumor(mask)
    window = _window_around(inside, image, preprocessing)
    masks = _resample_mask(mask, inside, window)
    has_tumor = masks.any(axis=(1, 2))
    if not has_tumor.any():
        raise UserError(
            "the tumor mask has parts that lie too far apart for one patch",
            expected=f"one tumor within {preprocessing.patch} pixels",
            then="keep one tumor in the mask",
        )
    slices = _resample(image, window, sitk.sitkLinear, preprocessing.air_hu)
    return Patches(slices=round_hu(slices[has_tumor]), masks=masks[has_tumor])


def window(
    hu: NDArray[np.int16] | NDArray[np.float32], limits_hu: tuple[float, float]
) -> NDArray[np.float32]:
    """Return HU scaled linearly to [-1, 1] within limits, and clipped beyond them.

    Parameters
    ----------
    hu
        HU in any shape.
    limits_hu
        HU that become -1 and 1.

    Returns
    -------
    ndarray
        Scaled values as float32 in the shape of `hu`.

    Raises
    ------
    UserError
        Unless the lower limit is less than the upper one.

    Examples
    --------
    >>> window(np.array([-1024, -300, 400, 900], dtype=np.int16), (-1000.0, 400.0)).tolist()
    [-1.0, 0.0, 1.0, 1.0]
    """
    low, high = limits_hu
    if not low < high:
        raise UserError("the window is empty", expected="low < high", got=f"{low:g}, {high:g}")
    scaled = np.clip(hu, low, high).astype(np.float32)
    scaled -= np.float32((low + high) / 2)
    scaled *= np.float32(2 / (high - low))
    return np.clip(scaled, -1.0, 1.0, out=scaled)


def require_tumor(mask: sitk.Image) -> NDArray[np.bool_]:
    """Return the voxels (z, y, x) inside a mask, or raise `UserError` if it is empty."""
    inside: NDArray[np.bool_] = sitk.GetArrayViewFromImage(mask) != 0
    if not inside.any():
        raise UserError("the tumor mask is empty", expected="at least one voxel that is not 0")
    return inside


def orient(volume: Volume) -> tuple[sitk.Image, sitk.Image]:
    """Return image and mask (0 and 1) of a volume, oriented to LPS.

    Raises `UserError` unless they are on one grid that a CT can have.
    """
    image, mask = volume.image, volume.mask
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        raise UserError(
            "the image is not a CT volume",
            expected="three dimensions and one number per voxel",
            got=f"{image.GetDimension()} dimensions, "
            f"{image.GetNumberOfComponentsPerPixel()} numbers per voxel",
        )
    require_plausible_grid(
        "the image",
        spacing_mm=image.GetSpacing(),
        origin_mm=image.GetOrigin(),
        direction=image.GetDirection(),
    )
    _require_same_grid(image, mask)
    # the filters of SimpleITK take ten times as long for small masks
    mask = sitk.GetImageFromArray((sitk.GetArrayViewFromImage(mask) != 0).view(np.uint8))
    mask.CopyInformation(image)
    code = sitk.DICOMOrientImageFilter.GetOrientationFromDirectionCosines(image.GetDirection())
    if code != "LPS":
        image, mask = sitk.DICOMOrient(image, "LPS"), sitk.DICOMOrient(mask, "LPS")
    return image, mask


def _require_same_grid(image: sitk.Image, mask: sitk.Image) -> None:
    if mask.GetNumberOfComponentsPerPixel() != 1:
        raise UserError("the tumor mask has more than one number per voxel")
    if mask.GetSize() != image.GetSize():
        raise UserError(
            "image and tumor mask differ in size",
            expected=format_sides(image.GetSize()),
            got=format_sides(mask.GetSize()),
        )
    # Writers round origin and spacing differently; a thousandth of a voxel still is the same grid.
    spacing = np.asarray(image.GetSpacing())
    limits = {
        "origin": _GRID_TOLERANCE * spacing,
        "spacing": _GRID_TOLERANCE * spacing / np.maximum(image.GetSize(), 1),
        "direction": np.full(9, _GRID_TOLERANCE),
    }
    for what, limit in limits.items():
        a, b = (getattr(i, f"Get{what.title()}")() for i in (image, mask))
        if not np.all(np.abs(np.subtract(a, b)) <= limit):
            raise UserError(
                f"image and tumor mask differ in {what}",
                expected=format_sides(a),
                got=format_sides(b),
            )


def _window_around(
    inside: NDArray[np.bool_], image: sitk.Image, preprocessing: Preprocessing
) -> _Window:
    """Return patch × patch points around the tumor, on all slices that may contain it."""
    first, last = find_bounding_box(inside)
    steps = np.divide(image.GetSpacing(), preprocessing.spacing_mm)
    corner = crop_corner((first + last) / 2 * steps, preprocessing.patch)
    bottom = math.floor((first[2] - 0.5) * steps[2])
    top = math.ceil((last[2] + 0.5) * steps[2])
    most = _MOST_POINTS // preprocessing.patch**2
    if top - bottom >= most:
        raise UserError(
            "the tumor mask is too tall",
            expected=f"at most {most} slices of {preprocessing.patch} pixels square",
            got=str(top - bottom + 1),
            then="check the mask and the requested spacing",
        )
    return _Window(
        start=(int(corner[0]), int(corner[1]), bottom),
        size=(preprocessing.patch, preprocessing.patch, top - bottom + 1),
        spacing_mm=preprocessing.spacing_mm,
    )


def crop_corner(center: NDArray[np.float64], patch: int) -> NDArray[np.int64]:
    """Return the first lattice point along x, y, z of a patch around a center."""
    corner = np.floor(center - (patch - 1) / 2 + 0.5 + _TIE_TOLERANCE)
    return np.asarray(corner, dtype=np.int64)


def resample_slices(
    image: sitk.Image,
    corner: NDArray[np.int64],
    numbers: NDArray[np.int64],
    preprocessing: Preprocessing,
) -> NDArray[np.float32]:
    """Return patches of some slices of the lattice, resampled linearly.

    Parameters
    ----------
    image
        CT in HU, oriented to LPS.
    corner
        The first lattice point of the patches along x, y; a third number is not used.
    numbers
        The lattice points of the slices along z, (s,).
    preprocessing
        Spacing in mm, size of a patch in pixels, and HU of air.

    Returns
    -------
    ndarray
        (s, patch, patch).
    """
    patch, (x, y) = preprocessing.patch, corner[:2].tolist()
    windows = (
        _Window(start=(x, y, z), size=(patch, patch, 1), spacing_mm=preprocessing.spacing_mm)
        for z in numbers.tolist()
    )
    air = preprocessing.air_hu
    slices = [_resample(image, each, sitk.sitkLinear, air) for each in windows]
    return np.concatenate(slices)


def find_bounding_box(inside: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last index along x, y, z of a (z, y, x) array."""
    plane = np.any(inside, axis=0)
    lines = (plane.any(axis=0), np.any(plane, axis=1), np.any(inside, axis=(1, 2)))
    ends = np.array([np.flatnonzero(line)[[0, -1]] for line in lines])
    return ends[:, 0], ends[:, 1]


def _resample_mask(
    mask: sitk.Image, inside: NDArray[np.bool_], window: _Window
) -> NDArray[np.uint8]:
    masks: NDArray[np.uint8] = _resample(mask, window, sitk.sitkNearestNeighbor, 0).astype(np.uint8)
    return masks if masks.any() else _nearest_points(inside, mask, window)


def _nearest_points(
    inside: NDArray[np.bool_], mask: sitk.Image, window: _Window
) -> NDArray[np.uint8]:
    """Return a mask of the window's points nearest to the tumor's voxels."""
    voxels = np.argwhere(inside)[:, ::-1]
    steps = np.divide(mask.GetSpacing(), window.spacing_mm)
    points = np.floor(voxels * steps + 0.5).astype(np.int64) - window.start
    points = points[np.all((points >= 0) & (points < window.size), axis=1)]
    nearest = np.zeros(window.size[::-1], dtype=np.uint8)
    nearest[points[:, 2], points[:, 1], points[:, 0]] = 1
    return nearest


def _resample(
    image: sitk.Image, window: _Window, interpolator: int, outside: float
) -> NDArray[np.float32]:
    """Return the window of the lattice as a (z, y, x) array."""
    direction = np.reshape(image.GetDirection(), (3, 3))
    offset = direction @ (np.array(window.start) * window.spacing_mm)
    resampled = sitk.Resample(
        image,
        window.size,
        sitk.Transform(),
        interpolator,
        (np.array(image.GetOrigin()) + offset).tolist(),
        window.spacing_mm,
        image.GetDirection(),
        outside,
        sitk.sitkFloat32,
    )
    array: NDArray[np.float32] = sitk.GetArrayFromImage(resampled)
    return array


def round_hu(values: NDArray[Any]) -> NDArray[np.int16]:
    """Return whole HU of any numbers, or raise `UserError` for NaN and infinity."""
    if not np.isfinite(values).all():
        raise UserError("the image contains values that are not numbers", expected="HU")
    whole: NDArray[np.int16] = np.clip(np.rint(values), *_HU_LIMITS).astype(np.int16)
    return whole
