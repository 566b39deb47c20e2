"""Closed outlines to voxels, by the even-odd rule on voxel centers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Contours are written with few decimals: a center this near to an outline (in voxels) lies on it.
ON_THE_LINE = 0.01


def fill(polygons: Sequence[NDArray[np.float64]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the voxels of one slice, (rows, columns), that closed polygons hold together.

    A polygon is (n, 2): the column and row indices of its corners, where whole numbers are voxel
    centers; the last corner is joined to the first. A voxel belongs where an odd number of
    polygons encloses its center, so that an outline within another one is a hole; centers on an
    outline belong, whichever side of it they are on. Parts outside the slice are cut off.

    Examples
    --------
    >>> square = np.array([[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]])
    >>> int(fill([square], (5, 5)).sum())
    9
    """
    start = np.concatenate(list(polygons))
    end = np.concatenate([np.roll(polygon, -1, axis=0) for polygon in polygons])
    return _enclosed(start, end, shape) | _on_the_line(start, end, shape)


def _enclosed(
    start: NDArray[np.float64], end: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Centers with an odd number of edges to their left. A row meets an edge once at a corner."""
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    edge, row = _whole_numbers(np.ceil(low), np.ceil(high) - 1, shape[0])
    column = _crossing(start[edge], end[edge], row, along=1)
    crossings = np.zeros((shape[0], shape[1] + 1), dtype=np.int64)
    np.add.at(crossings, (row, np.clip(np.ceil(column), 0, shape[1]).astype(np.int64)), 1)
    odd: NDArray[np.bool_] = np.cumsum(crossings, axis=1)[:, :-1] % 2 == 1
    return odd


def _on_the_line(
    start: NDArray[np.float64], end: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    marked = np.zeros(shape, dtype=np.bool_)
    steep = np.abs(end - start)[:, 1] >= np.abs(end - start)[:, 0]
    for along, chosen in ((1, steep), (0, ~steep)):
        a, b = start[chosen], end[chosen]
        size = (shape[1], shape[0])
        low, high = np.minimum(a, b)[:, along], np.maximum(a, b)[:, along]
        edge, whole = _whole_numbers(
            np.ceil(low - ON_THE_LINE), np.floor(high + ON_THE_LINE), size[along]
        )
        other = _crossing(a[edge], b[edge], whole, along=along)
        near = np.rint(other)
        kept = (np.abs(other - near) <= ON_THE_LINE) & (near >= 0) & (near < size[1 - along])
        places = (whole[kept], near[kept].astype(np.int64))
        marked[places if along == 1 else places[::-1]] = True
    return marked


def _whole_numbers(
    first: NDArray[np.float64], last: NDArray[np.float64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the whole numbers from first to last of every edge, within 0 … size - 1.

    Two arrays of one length: the edge's place, and the number.
    """
    low = np.clip(first, 0, size).astype(np.int64)
    counts = np.maximum(np.clip(last, -1, size - 1).astype(np.int64) - low + 1, 0)
    edge = np.repeat(np.arange(len(low)), counts)
    return edge, np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + low[edge]


def _crossing(
    start: NDArray[np.float64], end: NDArray[np.float64], whole: NDArray[np.int64], *, along: int
) -> NDArray[np.float64]:
    """Return where edges (n, 2) meet the whole numbers of one axis, as places on the other."""
    length = end[:, along] - start[:, along]
    share = (whole - start[:, along]) / np.where(length == 0, 1, length)
    share = np.clip(share, 0, 1)
    other = 1 - along
    place: NDArray[np.float64] = start[:, other] + share * (end[:, other] - start[:, other])
    return place
