"""Limits of the grid and the values of a CT volume; anything beyond them is damage.

NaN passes comparisons with an upper limit, and resampling to a grid of kilometers does not end, so
grids are checked against these limits as soon as they are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lnmbench.errors import UserError
from lnmbench.text import format_sides

SPACING_MM = (0.05, 30.0)
FARTHEST_MM = 1e5
MOST_PIXELS = 4096
MOST_VOXELS = 1 << 31
HU_LIMITS = (-1e6, 1e6)

_COSINE_TOLERANCE = 1e-2


def require_plausible_grid(
    what: str,
    *,
    spacing_mm: Sequence[float],
    origin_mm: Sequence[float],
    direction: Sequence[float],
    where: str = "",
) -> None:
    """Raise `UserError` unless a grid can be that of a CT volume or of its mask.

    Parameters
    ----------
    what
        Noun for the grid in error messages.
    spacing_mm
        Spacings along the three axes, within 0.05 and 30 mm.
    origin_mm
        Three coordinates of the origin, within 100 m of zero.
    direction
        Nine direction cosines, row by row: at right angles and of length 1, to 0.01.
    where
        File of the grid for error messages.
    """
    low, high = SPACING_MM
    if not all(low <= spacing <= high for spacing in spacing_mm):
        raise UserError(
            f"{what} has an unlikely voxel spacing",
            where=where,
            expected=f"{low:g} to {high:g} mm",
            got=format_sides(spacing_mm),
            then="correct the spacing in its header",
        )
    if not all(abs(coordinate) <= FARTHEST_MM for coordinate in origin_mm):
        raise UserError(
            f"{what} has an unlikely origin",
            where=where,
            expected=f"coordinates up to {FARTHEST_MM:g} mm",
            got=format_sides(origin_mm),
            then="correct the origin in its header",
        )
    columns = np.reshape(np.asarray(direction, dtype=np.float64), (3, 3))
    sound = np.abs(columns).max() <= 2  # keeps the product below finite; False for NaN
    if not sound or not np.abs(columns.T @ columns - np.eye(3)).max() <= _COSINE_TOLERANCE:
        raise UserError(
            f"{what} has broken directions",
            where=where,
            expected="three of length 1 at right angles",
            then="export it again",
        )


def require_few_voxels(path: Path, voxels: int) -> None:
    """Raise `UserError` if a header states more voxels than any CT has.

    Parameters
    ----------
    path
        The file.
    voxels
        The number of voxels that its header states.
    """
    if voxels > MOST_VOXELS:
        raise UserError(
            f"{path} states more voxels than a CT has",
            expected=f"up to {MOST_VOXELS:.2g}",
            got=f"{float(voxels):.2g}",
            then="export or download the file again",
        )


def require_length(path: Path, *, expected: int, length: int) -> None:
    """Raise `UserError` if a file has fewer bytes than its header states.

    Parameters
    ----------
    path
        The file.
    expected
        Number of bytes that the header states.
    length
        Number of bytes of the file.
    """
    if length < expected:
        raise UserError(
            f"{path} is truncated",
            expected=f"{expected} bytes",
            got=str(length),
            then="export or download the file again",
        )
