"""The digital phantom of the Image Biomarker Standardisation Initiative."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

SPACING_MM = 2.0
# Zwanenburg A, for the IBSI: IBSI-1 digital phantom, CC BY 4.0, github.com/theibsi/data_sets.
# Slice by slice; a dash marks a voxel outside of the region.
_ROWS = """
14411 14611 41641 44641
14411 11611 -1311 44611
144-- 11111 11-11 11611
144-- 11111 11111 11611
"""
_OUTSIDE = {(1, 2, 0): 1, (2, 0, 3): 1, (2, 0, 4): 1, (2, 2, 2): 9, (3, 0, 3): 1, (3, 0, 4): 1}


def make_phantom() -> tuple[sitk.Image, sitk.Image]:
    """Return the image and the mask of the phantom, 5 × 4 × 4 voxels of 2 mm."""
    cells = np.array([[list(row) for row in line.split()] for line in _ROWS.split("\n") if line])
    inside = cells != "-"  # (z, y, x)
    values = np.zeros(cells.shape, np.int16)
    values[inside] = cells[inside].astype(np.int16)
    for place, value in _OUTSIDE.items():
        values[place] = value
    image, mask = map(sitk.GetImageFromArray, (values, inside.astype(np.uint8)))
    for each in (image, mask):
        each.SetSpacing((SPACING_MM,) * 3)
    return image, mask
