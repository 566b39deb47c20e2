"""What every source of a tumor location comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import SimpleITK as sitk


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """A tumor mask on the grid of its image: uint8, 0 outside, 1 inside, at least one voxel.

    `found` is a sentence: what was taken of what was there, and what was done to it.
    """

    mask: sitk.Image
    found: str
