"""Random numbers of the patients."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.draws import CAUSES, draw


def test_a_smaller_cohort_is_the_beginning_of_a_larger_one() -> None:
    small, large = (draw(n, np.random.default_rng(3)) for n in (5, 9))
    np.testing.assert_array_equal(small.uniforms, large.uniforms[:5])
    assert small.uniforms.shape == (5, len(CAUSES))


def test_normal_numbers_have_mean_0_and_sd_1_and_causes_are_independent() -> None:
    draws = draw(20_000, np.random.default_rng(4))
    size, age = draws.normal("size"), draws.normal("age")
    assert (size.mean(), size.std()) == pytest.approx((0, 1), abs=0.03)
    assert abs(np.corrcoef(size, age)[0, 1]) < 0.03
    assert np.isfinite(size).all()
