"""Outlines on one slice: those stored twice, and those that overlap in a way without a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.imaging.regions.polygons import wind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Polygon = NDArray[np.float64]

# Outlines nowhere further apart than this (in voxels) are one: no wall of a tumor is as thin.
_SAME_OUTLINE = 0.25
# A hole may reach beyond its outline by this share of its area, by rounding of its corners.
_ROUNDED_SHARE = 0.05
_TOUCHING = 1e-6
_CHUNK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps:
    """Voxels for which the even-odd rule is doubtful: they are not in a hole, nor plainly inside.

    `crossing` lie in two outlines that cross each other, `knotted` in or between the loops of an
    outline that crosses itself.
    """

    crossing: int = 0
    knotted: int = 0

    def __add__(self, other: Overlaps) -> Overlaps:
        return Overlaps(
            crossing=self.crossing + other.crossing, knotted=self.knotted + other.knotted
        )


def drop_repeats(polygons: Sequence[Polygon]) -> list[Polygon]:
    """Return the polygons without those that repeat the outline of an earlier one.

    First corner, direction, number of corners and rounding do not matter.

    Parameters
    ----------
    polygons
        Column and row indices of each polygon's corners, (n, 2).
    """
    unique: list[Polygon] = []
    for polygon in polygons:
        if not any(_is_same(polygon, other) for other in unique):
            unique.append(polygon)
    return unique


def count_overlaps(polygons: Sequence[Polygon]) -> Overlaps:
    """Return the voxels of one slice for which the even-odd rule is doubtful.

    Parameters
    ----------
    polygons
        Column and row indices of each polygon's corners, (n, 2).
    """
    corners = np.concatenate(list(polygons))
    first = np.floor(corners.min(axis=0))
    columns, rows = (np.ceil(corners.max(axis=0)) - first + 1).astype(int).tolist()
    windings = [wind(polygon - first, (rows, columns)) for polygon in polygons]
    return Overlaps(
        crossing=_count_crossing([winding != 0 for winding in windings]),
        knotted=sum(map(_count_doubtful, polygons, windings)),
    )


def _count_doubtful(polygon: Polygon, winding: NDArray[np.int64]) -> int:
    """Return the voxels that a polygon would have or lack if its edges did not cross.

    The edges of a keyhole (outline, channel, hole, and back) touch without crossing, and the knots
    of a drawn line are too small to matter.
    """
    odd = int(np.sum(winding % 2 != 0))
    doubtful = abs(abs(int(winding.sum())) - odd)
    return doubtful if doubtful > _ROUNDED_SHARE * odd and _crosses_itself(polygon) else 0


def _crosses_itself(polygon: Polygon) -> bool:
    start, end = polygon, np.roll(polygon, -1, axis=0)
    for first in range(0, len(polygon), _CHUNK):
        a, b = start[first : first + _CHUNK, None], end[first : first + _CHUNK, None]
        apart = _side(a, b, start) * _side(a, b, end) < -_TOUCHING
        if (apart & (_side(start, end, a) * _side(start, end, b) < -_TOUCHING)).any():
            return True
    return False


def _side(a: Polygon, b: Polygon, point: Polygon) -> NDArray[np.float64]:
    """Return on which side of the line from a to b a point lies, as a signed area."""
    along, away = b - a, point - a
    side: NDArray[np.float64] = along[..., 0] * away[..., 1] - along[..., 1] * away[..., 0]
    return side


def _count_crossing(insides: Iterable[NDArray[np.bool_]]) -> int:
    crossing = 0
    for a, b in combinations(insides, 2):
        common, smaller = int(np.sum(a & b)), int(min(a.sum(), b.sum()))
        if common and smaller - common > _ROUNDED_SHARE * smaller:
            crossing += common
    return crossing


def _is_same(a: Polygon, b: Polygon) -> bool:
    ends = [np.concatenate([p.min(axis=0), p.max(axis=0)]) for p in (a, b)]
    if np.abs(ends[0] - ends[1]).max() > _SAME_OUTLINE:
        return False
    return _is_near(a, b) and _is_near(b, a)


def _is_near(corners: Polygon, outline: Polygon) -> bool:
    """Return whether every corner lies near an outline."""
    start, along = outline, np.roll(outline, -1, axis=0) - outline
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    for first in range(0, len(corners), _CHUNK):
        away = corners[first : first + _CHUNK, None] - start  # (corners, edges, 2)
        share = np.clip((away * along).sum(axis=2) / length, 0, 1)
        distance = np.linalg.norm(away - share[..., None] * along, axis=2)
        if distance.min(axis=1).max() > _SAME_OUTLINE:
            return False
    return True
