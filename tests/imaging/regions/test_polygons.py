"""Filling agrees with the even-odd rule written plainly, for any polygon."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lnmbench.imaging.regions.polygons import ON_THE_LINE, fill

SHAPE = (14, 17)
CORNERS = st.integers(3, 12).flatmap(
    lambda n: arrays(np.float64, (n, 2), elements=st.floats(-6, 22, width=32))
)


def _plainly(polygon: np.ndarray, x: float, y: float) -> tuple[bool, float]:
    """Return whether a point is enclosed, and its distance from the outline."""
    odd, distance = False, np.inf
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if (y0 <= y) != (y1 <= y):
            odd ^= x0 + (y - y0) / (y1 - y0) * (x1 - x0) < x
        edge, point = np.array([x1 - x0, y1 - y0]), np.array([x - x0, y - y0])
        length = edge @ edge
        share = 0.0 if length < 1e-12 else np.clip(point @ edge / length, 0, 1)
        distance = min(distance, float(np.linalg.norm(point - share * edge)))
    return odd, distance


@settings(max_examples=15, deadline=None)
@given(polygon=CORNERS)
def test_a_center_belongs_where_it_is_enclosed(polygon: np.ndarray) -> None:
    filled = fill([polygon], SHAPE)
    for row, column in np.ndindex(SHAPE):
        odd, distance = _plainly(polygon, column, row)
        if distance > 1.5 * ON_THE_LINE:
            assert filled[row, column] == odd
        elif distance < 0.5 * ON_THE_LINE:
            assert filled[row, column]


def test_a_mask_traced_along_its_voxel_centers_comes_back() -> None:
    ring = np.zeros(SHAPE, dtype=bool)
    ring[2:12, 3:14] = True
    ring[5:9, 6:11] = False
    # As image tools trace them: both outlines run through voxels of the ring.
    outer = np.array([(3, 2), (13, 2), (13, 11), (3, 11)], dtype=float)
    inner = np.array([(5, 4), (11, 4), (11, 9), (5, 9)], dtype=float)
    np.testing.assert_array_equal(fill([outer, inner], SHAPE), ring)
