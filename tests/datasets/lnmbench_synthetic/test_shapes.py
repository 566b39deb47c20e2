"""Soft shapes: depth in an ellipse, coverage of voxels, blending."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.shapes import cover, measure_ellipse, paint


@pytest.mark.parametrize("power", [2.0, 2.5])
def test_the_depth_is_0_on_the_outline_and_negative_outside(power: float) -> None:
    x, y = np.array([0.0, 10.0, 12.0], np.float32), np.zeros(3, np.float32)
    depth = measure_ellipse(x, y, center=(0.0, 0.0), half=(10.0, 5.0), power=power)
    assert depth[:2] == pytest.approx([5.0, 0.0], abs=1e-5)
    assert depth[2] < 0


def test_an_edge_is_as_wide_as_given() -> None:
    shares = cover(np.array([-1.0, 0.0, 0.5, 1.0], np.float32), 2.0)
    assert shares.tolist() == [0.0, 0.5, 0.75, 1.0]


def test_a_tissue_is_blended_by_its_share() -> None:
    canvas = np.array([-100.0, -100.0, -100.0], np.float32)
    paint(canvas, np.array([0.0, 0.5, 1.0], np.float32), 100.0)
    assert canvas.tolist() == [-100.0, 0.0, 100.0]
