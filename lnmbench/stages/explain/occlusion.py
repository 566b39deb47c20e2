"""Occlusion: a patch of all slices is replaced by their mean, and moves over the image.

Zeiler and Fergus 2014, doi:10.1007/978-3-319-10590-1_53.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchGrid:
    """Positions of a patch that moves over images of height × width pixels by half of its size.

    The last patch of a row or column ends at the edge of the image, so that every pixel is covered.

    Attributes
    ----------
    height, width
        The size of the image.
    rows, columns
        The size of the patch.
    """

    height: int
    width: int
    rows: int
    columns: int

    @classmethod
    def of_size(
        cls, shape: tuple[int, int], pixel_mm: tuple[float, float], patch_mm: float
    ) -> PatchGrid:
        """Return the grid of square patches.

        Parameters
        ----------
        shape
            Height and width of the image.
        pixel_mm
            The size of a pixel along x and y.
        patch_mm
            The side of a patch.
        """
        height, width = shape
        columns, rows = (max(1, round(patch_mm / mm)) for mm in pixel_mm)
        return cls(height=height, width=width, rows=min(rows, height), columns=min(columns, width))

    @property
    def corners(self) -> list[tuple[int, int]]:
        """Return the first row and column of each patch.

        Examples
        --------
        >>> PatchGrid(height=4, width=5, rows=4, columns=2).corners
        [(0, 0), (0, 1), (0, 2), (0, 3)]
        """
        across = list(_starts(self.width, self.columns))
        return [(y, x) for y in _starts(self.height, self.rows) for x in across]

    def occlude(self, hu: NDArray[np.int16], number: int) -> NDArray[np.int16]:
        """Return slices with a patch replaced by the mean of each slice.

        Parameters
        ----------
        hu
            HU of slices, clipped to the window of the encoder, (S, height, width).
        number
            The number of the patch in `corners`.
        """
        y, x = self.corners[number]
        occluded = hu.copy()
        means = np.rint(hu.mean(axis=(1, 2))).astype(np.int16)
        occluded[:, y : y + self.rows, x : x + self.columns] = means[:, None, None]
        return occluded

    def spread(self, effects: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean effect of the patches that cover a pixel, (height, width).

        Parameters
        ----------
        effects
            The effect of each patch, in the order of `corners`.
        """
        sums = np.zeros((self.height, self.width))
        counts = np.zeros_like(sums)
        for (y, x), effect in zip(self.corners, effects.tolist(), strict=True):
            covered = slice(y, y + self.rows), slice(x, x + self.columns)
            sums[covered] += effect
            counts[covered] += 1.0
        return sums / counts


def _starts(length: int, size: int) -> Iterator[int]:
    """Yield the starts of patches of a size, half of it apart, and the last one at the end."""
    last = length - size
    yield from range(0, last, max(1, size // 2))
    yield last


def share_inside(effects: NDArray[np.float64], inside: NDArray[np.bool_]) -> float:
    """Return the share of the absolute effects (H, W) that is inside a region; NaN without any."""
    total = float(np.abs(effects).sum())
    return float(np.abs(effects[inside]).sum()) / total if total else float("nan")
