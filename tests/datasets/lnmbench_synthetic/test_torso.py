"""Planes of the chest: tissues, and the share of lung."""

from __future__ import annotations

import numpy as np
from lnmbench_synthetic.anatomy import PIXEL_MM, PIXELS, make_axis_mm
from lnmbench_synthetic.torso import AIR, paint_plane


def test_a_plane_has_air_around_it_two_lungs_and_bone() -> None:
    axis = make_axis_mm(PIXELS, PIXEL_MM).astype(np.float32)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    hu, lung = paint_plane(x, y, 20.0, 15.0)
    assert hu[0, 0] == AIR
    assert hu.max() > 300
    assert lung.min() == 0
    assert lung.max() == 1
    for side in (x < 0, x > 0):
        assert lung[side].mean() > 0.05
    assert np.median(hu[lung == 1]) < -800
