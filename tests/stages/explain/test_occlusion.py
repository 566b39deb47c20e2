"""Patches that move over an image."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench.stages.explain.occlusion import PatchGrid, share_inside


def test_patches_cover_every_pixel_and_overlap_by_half() -> None:
    grid = PatchGrid.of_size((50, 60), pixel_mm=(0.5, 1.0), patch_mm=10.0)
    assert (grid.rows, grid.columns) == (10, 20)
    rows, columns = zip(*grid.corners, strict=True)
    assert sorted(set(rows)) == [*range(0, 40, 5), 40]
    assert sorted(set(columns)) == [0, 10, 20, 30, 40]
    covered = np.zeros((50, 60))
    for y, x in grid.corners:
        covered[y : y + 10, x : x + 20] += 1
    assert covered.min() >= 1


def test_a_patch_larger_than_the_image_covers_it_once() -> None:
    grid = PatchGrid.of_size((8, 8), pixel_mm=(1.0, 1.0), patch_mm=100.0)
    assert grid.corners == [(0, 0)]
    assert PatchGrid.of_size((8, 8), (5.0, 5.0), 1.0).rows == 1


def test_an_occluded_patch_has_the_mean_of_its_slice() -> None:
    grid = PatchGrid(height=4, width=4, rows=2, columns=2)
    hu = np.arange(32, dtype=np.int16).reshape(2, 4, 4)
    before = hu.copy()
    number = grid.corners.index((1, 2))
    occluded = grid.occlude(hu, number)
    changed = np.zeros((2, 4, 4), dtype=bool)
    changed[:, 1:3, 2:4] = True
    np.testing.assert_array_equal(occluded[~changed], hu[~changed])
    np.testing.assert_array_equal(occluded[0, 1:3, 2:4], 8)  # 7.5, to the even number
    np.testing.assert_array_equal(occluded[1, 1:3, 2:4], 24)
    np.testing.assert_array_equal(hu, before)


def test_a_pixel_has_the_mean_effect_of_its_patches() -> None:
    grid = PatchGrid(height=2, width=4, rows=2, columns=2)
    effects = grid.spread(np.array([1.0, 3.0, -1.0]))  # at columns 0, 1 and 2
    np.testing.assert_allclose(effects, [[1.0, 2.0, 1.0, -1.0]] * 2)
    inside = np.zeros((2, 4), dtype=bool)
    inside[:, 1] = True
    assert share_inside(effects, inside) == pytest.approx(2 / 5)
    assert np.isnan(share_inside(np.zeros((2, 4)), inside))
