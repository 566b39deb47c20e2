"""Vessels: trees from the hila, painted into the lung alone."""

from __future__ import annotations

import numpy as np
from lnmbench_synthetic.vessels import Branch, grow_vessels, stamp_vessels


def test_vessels_branch_from_both_hila_until_they_are_thin() -> None:
    branches = grow_vessels(np.random.default_rng(0))
    sides = {float(np.sign(branch.start[0])) for branch in branches}
    assert sides == {-1.0, 1.0}
    assert len(branches) > 500
    assert all(0.65 <= branch.radius <= 4.6 for branch in branches)
    assert all(np.isclose(np.linalg.norm(branch.direction), 1) for branch in branches)


def test_vessels_are_painted_into_the_lung_alone() -> None:
    hu = np.full((9, 21, 21), -850, dtype=np.float32)
    lung = np.ones_like(hu)
    lung[:, :, 11:] = 0
    direction = np.array([1.0, 0.0, 0.0])
    branch = Branch(start=np.array([-8.0, 0, 0]), direction=direction, length=16.0, radius=2.0)
    stamp_vessels(hu, lung, [branch], 100.0, (1.0, 1.0))
    assert hu[4, 10, 5] == 100
    assert (hu[lung == 0] == -850).all()
    assert (hu[0] == -850).all()
