"""Tumor regions from segmentations, contours, mask files and coordinates.

Each function returns a `Region` on the grid of its image; DICOM objects are placed by their
physical coordinates, never by the order of frames or files.
"""

from __future__ import annotations

from lnmbench.imaging.regions.grids import Region
from lnmbench.imaging.regions.mask_file import region_from_mask
from lnmbench.imaging.regions.points import Location, parse_location
from lnmbench.imaging.regions.reading import read_region
from lnmbench.imaging.regions.rtstruct import region_from_rtstruct
from lnmbench.imaging.regions.seg import region_from_seg
from lnmbench.imaging.regions.shapes import (
    region_from_box,
    region_from_point,
    region_from_point_and_slices,
)

__all__ = [
    "Location",
    "Region",
    "parse_location",
    "read_region",
    "region_from_box",
    "region_from_mask",
    "region_from_point",
    "region_from_point_and_slices",
    "region_from_rtstruct",
    "region_from_seg",
]
