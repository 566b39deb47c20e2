"""Filling of closed polygons, by the even-odd rule on voxel centers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Contours have few decimals: a center within this distance of an outline (in voxels) lies on it.
ON_THE_LINE = 0.01


def fill(polygons: Sequence[NDArray[np.float64]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the voxels of one slice that closed polygons enclose.

    A voxel is inside if an odd number of polygons encloses its center, so that an outline within
    another one is a hole, or if its center lies on an outline. Parts outside the slice are cut off.

    Parameters
    ----------
    polygons
        Column and row indices of each polygon's corners, (n, 2), where whole numbers are voxel
        centers; the last corner is joined to the first.
    shape
        Rows and columns of the slice.

    Returns
    -------
    ndarray
        Whether each voxel is inside, (rows, columns).

    Examples
    --------
    >>> square = np.array([[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]])
    >>> int(fill([square], (5, 5)).sum())
    9
    """
    start = np.concatenate(list(polygons))
    end = np.concatenate([np.roll(polygon, -1, axis=0) for polygon in polygons])
    odd = _count_windings(start, end, shape) % 2 == 1
    return np.asarray(odd | _fill_outline(start, end, shape))


def wind(polygon: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.int64]:
    """Return how many times a polygon winds around the voxels of one slice.

    Parameters
    ----------
    polygon
        Column and row indices of the corners, (n, 2).
    shape
        Rows and columns of the slice.

    Returns
    -------
    ndarray
        Whole numbers, negative for one of the two directions, (rows, columns).
    """
    return _count_windings(polygon, np.roll(polygon, -1, axis=0), shape)


def _count_windings(
    start: NDArray[np.float64], end: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Return the edges to the left of each center, up minus down; a corner counts for one edge."""
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    edge, row = _list_whole_numbers(np.ceil(low), np.ceil(high) - 1, shape[0])
    column = _find_crossings(start[edge], end[edge], row, along=1)
    crossings = np.zeros((shape[0], shape[1] + 1), dtype=np.int64)
    way = np.where(end[:, 1] > start[:, 1], 1, -1)[edge]
    np.add.at(crossings, (row, np.clip(np.ceil(column), 0, shape[1]).astype(np.int64)), way)
    windings: NDArray[np.int64] = np.cumsum(crossings, axis=1)[:, :-1]
    return windings


def _fill_outline(
    start: NDArray[np.float64], end: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    marked = np.zeros(shape, dtype=np.bool_)
    steep = np.abs(end - start)[:, 1] >= np.abs(end - start)[:, 0]
    for along, chosen in ((1, steep), (0, ~steep)):
        a, b = start[chosen], end[chosen]
        size = (shape[1], shape[0])
        low, high = np.minimum(a, b)[:, along], np.maximum(a, b)[:, along]
        edge, whole = _list_whole_numbers(
            np.ceil(low - ON_THE_LINE), np.floor(high + ON_THE_LINE), size[along]
        )
        other = _find_crossings(a[edge], b[edge], whole, along=along)
        near = np.rint(other)
        on_line = (np.abs(other - near) <= ON_THE_LINE) & (near >= 0) & (near < size[1 - along])
        positions = (whole[on_line], near[on_line].astype(np.int64))
        marked[positions if along == 1 else positions[::-1]] = True
    return marked


def _list_whole_numbers(
    first: NDArray[np.float64], last: NDArray[np.float64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the whole numbers from first to last of each edge, within 0 … size - 1.

    Two arrays of one length: the edge's index, and the number.
    """
    low = np.clip(first, 0, size).astype(np.int64)
    counts = np.maximum(np.clip(last, -1, size - 1).astype(np.int64) - low + 1, 0)
    edge = np.repeat(np.arange(len(low)), counts)
    return edge, np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + low[edge]


def _find_crossings(
    start: NDArray[np.float64], end: NDArray[np.float64], whole: NDArray[np.int64], *, along: int
) -> NDArray[np.float64]:
    """Return the positions on the other axis at which edges (n, 2) meet whole numbers of one."""
    length = end[:, along] - start[:, along]
    share = (whole - start[:, along]) / np.where(length == 0, 1, length)
    share = np.clip(share, 0, 1)
    other = 1 - along
    position: NDArray[np.float64] = start[:, other] + share * (end[:, other] - start[:, other])
    return position
