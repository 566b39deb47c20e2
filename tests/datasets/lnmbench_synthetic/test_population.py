"""The simulated population: the same patients for each visibility."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.population import draw_population


def test_visibility_changes_how_closely_the_solid_share_follows_the_invasiveness() -> None:
    (draws, usual), (_, clear) = draw_population(1.0), draw_population(2.0)
    assert len(usual) == len(draws.uniforms) == 20_000
    np.testing.assert_array_equal(usual.invasiveness, clear.invasiveness)
    np.testing.assert_array_equal(usual.traits[:, :3], clear.traits[:, :3])
    np.testing.assert_array_equal(usual.t_stage, clear.t_stage)
    correlations = [np.corrcoef(p.traits[:, 3], p.invasiveness)[0, 1] for p in (usual, clear)]
    assert correlations == pytest.approx([0.65, 0.9125], abs=0.01)
    assert clear.traits[:, 3].std() == pytest.approx(1.0, abs=0.02)
