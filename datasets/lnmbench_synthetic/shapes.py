"""Soft shapes on a grid of points in mm: signed distances and partial coverage of voxels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # float32 throughout; the wider type because numpy's stubs widen float32 times a Python float.
    Field = NDArray[np.floating[Any]]


def measure_ellipse(
    x: Field, y: Field, *, center: tuple[float, float], half: tuple[float, float], power: float
) -> Field:
    """Return the approximate depth in mm of each point in a (super-)ellipse; negative outside.

    Parameters
    ----------
    x, y
        Coordinates of the points in mm, of shapes that broadcast.
    center, half
        Center and half axes in mm.
    power
        Exponent; 2 is an ellipse, larger ones are closer to a rectangle.
    """
    (cx, cy), (a, b) = center, half
    across, along = np.abs((x - cx) / a), np.abs((y - cy) / b)
    if power == 2.0:
        distance = np.sqrt(across * across + along * along)
    else:
        distance = (across**power + along**power) ** np.float32(1 / power)
    inside: Field = (1 - distance) * min(a, b)
    return inside


def cover(inside_mm: Field, edge_mm: float) -> Field:
    """Return the share of each voxel that is inside; the edge is `edge_mm` wide."""
    share: Field = np.clip(inside_mm / np.float32(edge_mm) + np.float32(0.5), 0, 1)
    return share


def paint(canvas: Field, share: Field, hu: float | Field) -> None:
    """Blend a tissue into the canvas, in place.

    Parameters
    ----------
    canvas
        The image in HU; changed in place.
    share
        Share of the tissue in each voxel, of the same shape.
    hu
        HU of the tissue, a number or an array of the same shape.
    """
    canvas += share * (hu - canvas)
