"""Soft shapes on a grid of points in mm: how far inside, and how much of a voxel is covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # float32 throughout; the wider type because numpy's stubs widen float32 times a Python float.
    Field = NDArray[np.floating[Any]]


def ellipse(
    x: Field, y: Field, *, center: tuple[float, float], half: tuple[float, float], power: float
) -> Field:
    """Return about how many mm each point lies inside a (super-)ellipse; negative outside."""
    (cx, cy), (a, b) = center, half
    across, along = np.abs((x - cx) / a), np.abs((y - cy) / b)
    if power == 2.0:
        distance = np.sqrt(across * across + along * along)
    else:
        distance = (across**power + along**power) ** np.float32(1 / power)
    inside: Field = (1 - distance) * min(a, b)
    return inside


def cover(inside_mm: Field, edge_mm: float) -> Field:
    """Return the share of each voxel that is inside, with an edge as wide as given."""
    share: Field = np.clip(inside_mm / np.float32(edge_mm) + np.float32(0.5), 0, 1)
    return share


def paint(canvas: Field, share: Field, hu: float | Field) -> None:
    """Lay a tissue over the canvas, in place, as far as it covers each voxel."""
    canvas += share * (hu - canvas)
