"""Cutting of native boxes: the voxels around the tumor without resampling."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from lnmbench.imaging.geometry import find_bounding_box, orient, require_tumor, round_hu
from lnmbench.records import NativeBox, Volume


def cut_box(volume: Volume, margin_mm: float) -> NativeBox:
    """Return the voxels of a volume around its tumor.

    The volume is oriented to LPS, without resampling; of an oblique scan, the box follows the
    scan's axes. The box has the whole tumor and everything up to `margin_mm` from the center of
    its bounding box along each axis, one voxel more, and nothing beyond the scan.

    Parameters
    ----------
    volume
        CT in HU and tumor mask on one grid.
    margin_mm
        Distance from the center, along each axis.

    Raises
    ------
    UserError
        As `lnmbench.imaging.geometry.to_patches` does.
    """
    image, mask = orient(volume)
    inside = require_tumor(mask)
    first, last = find_bounding_box(inside)
    center = (first + last) / 2
    reach = margin_mm / np.asarray(image.GetSpacing())
    start = np.floor(np.minimum(center - reach, first)).astype(np.int64) - 1
    stop = np.ceil(np.maximum(center + reach, last)).astype(np.int64) + 2
    start, stop = np.maximum(start, 0), np.minimum(stop, image.GetSize())
    z, y, x = (slice(int(a), int(b)) for a, b in zip(start[::-1], stop[::-1], strict=True))
    voxels = sitk.GetArrayViewFromImage(image)[z, y, x]
    spacing, offset = image.GetSpacing(), (center - start).tolist()
    return NativeBox(
        hu=round_hu(voxels),
        mask=np.ascontiguousarray(inside[z, y, x], dtype=np.uint8),
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        center=(offset[0], offset[1], offset[2]),
    )
