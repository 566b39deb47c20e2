"""Slices of a whole scan, cropped around the body: images without a tumor region."""

from __future__ import annotations

import math

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from lnmbench.imaging.geometry import (
    Patches,
    crop_corner,
    find_bounding_box,
    orient,
    resample_slices,
    round_hu,
)
from lnmbench.records import Preprocessing, Volume

BODY_HU = -500
"""Soft tissue, bone and fat lie above it; air and most of the lungs lie below."""
_COARSE_MM = 5.0


def empty_mask(image: sitk.Image) -> sitk.Image:
    """Return a mask of an image without any voxel, for a scan without a tumor region."""
    mask = sitk.Image(image.GetSize(), sitk.sitkUInt8)
    mask.CopyInformation(image)
    return mask


def to_whole_slices(volume: Volume, preprocessing: Preprocessing) -> Patches:
    """Return slices of the whole scan at the target spacing, cropped around the body.

    The volume is oriented to LPS and resampled linearly. The slices of the target spacing that the
    scan covers are reduced to `preprocessing.slices`, evenly spaced with the first and the last
    one; a scan with fewer has all of them. They are cropped to patch × patch pixels around the
    center of the body's bounding box, the largest connected part above -500 HU, or around that of
    the scan without any. Outside the image is air. The masks are empty, whatever the volume's is.

    Parameters
    ----------
    volume
        CT in HU; its tumor mask is not used.
    preprocessing
        Spacing in mm, size of a patch in pixels, number of slices, and HU of air.

    Raises
    ------
    UserError
        If the image is not a three-dimensional grid of numbers that a CT can have.
    """
    image, _ = orient(volume)
    first, last = _find_body(image)
    steps = np.divide(image.GetSpacing(), preprocessing.spacing_mm)
    corner = crop_corner((first + last) / 2 * steps, preprocessing.patch)
    top = max(0, math.floor((image.GetSize()[2] - 1) * steps[2]))
    numbers = np.unique(np.rint(np.linspace(0, top, min(preprocessing.slices, top + 1))))
    slices = round_hu(resample_slices(image, corner, numbers.astype(np.int64), preprocessing))
    return Patches(slices=slices, masks=np.zeros(slices.shape, np.uint8))


def _find_body(image: sitk.Image) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first and the last voxel of the body along x, y, z, to some millimeters."""
    factors = [
        max(1, round(_COARSE_MM / spacing)) if size > 1 else 1
        for spacing, size in zip(image.GetSpacing(), image.GetSize(), strict=True)
    ]
    shrunk = sitk.Shrink(image, factors)
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(shrunk > BODY_HU))
    inside = sitk.GetArrayViewFromImage(parts) == 1
    if not inside.any():
        return np.zeros(3), np.subtract(image.GetSize(), 1.0)
    ends = (
        image.TransformPhysicalPointToContinuousIndex(
            shrunk.TransformIndexToPhysicalPoint(corner.tolist())
        )
        for corner in find_bounding_box(inside)
    )
    first, last = map(np.array, ends)
    return first, last
