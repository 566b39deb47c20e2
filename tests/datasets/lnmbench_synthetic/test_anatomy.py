"""Reference chests: lungs, and sites of tumors in each lobe."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.anatomy import CHESTS, PIXELS, PLANES, make_axis_mm, paint_chest
from lnmbench_synthetic.patients import LOBES


@pytest.mark.parametrize("number", range(CHESTS))
def test_each_lobe_has_sites_on_its_side_of_the_chest(number: int) -> None:
    chest = paint_chest(number)
    assert chest.hu.shape == (PLANES, PIXELS, PIXELS)
    assert len(chest.sites) == len(LOBES)
    for lobe, sites in zip(LOBES, chest.sites, strict=True):
        left = sites.points_mm[:, 0] > 0
        assert left.all() if lobe.startswith("left") else not left.any()
        assert (sites.depth_mm > 4).all()
        assert np.abs(sites.points_mm - sites.usual_mm).sum(axis=1).min() < 20


def test_a_chest_is_painted_once() -> None:
    assert paint_chest(0) is paint_chest(0)


def test_an_axis_is_centered_on_0() -> None:
    assert make_axis_mm(4, 2.0).tolist() == [-3.0, -1.0, 1.0, 3.0]
