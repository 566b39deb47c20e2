"""Tumor mask on the grid of its image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import SimpleITK as sitk


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """Tumor mask on the grid of its image: uint8, 0 outside, 1 inside, at least one voxel.

    `note` is a sentence on the choice of the region and on its resampling.
    """

    mask: sitk.Image
    note: str
