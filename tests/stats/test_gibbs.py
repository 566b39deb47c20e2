"""The Gibbs sampler of the hierarchical model; its numbers are tested in test_hierarchical."""

from __future__ import annotations

import numpy as np

from lnmbench.stats.gibbs import CHAINS, Folds, sample

DATA = Folds(
    size=np.array([10.0, 10.0, 20.0]),
    mean=np.array([0.01, 0.03, 0.02]),
    within=np.array([0.004, 0.005, 0.009]),
    quadratic=np.array([5.0, 5.0, 10.0]),
    between=np.array([0.2, 0.2, 0.1]),
    furthest=0.08,
)


def test_a_seed_determines_the_draws_of_each_chain() -> None:
    first, again, other = (sample(DATA, 20, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first.center.shape == first.scale.shape == first.nu.shape == (20, CHAINS)
    np.testing.assert_array_equal(first.center, again.center)
    assert not np.array_equal(first.center, other.center)


def test_draws_stay_within_the_priors() -> None:
    draws = sample(DATA, 20, np.random.default_rng(0))
    assert np.abs(draws.center).max() <= DATA.furthest
    assert draws.nu.min() > 1.0
    assert draws.scale.min() > 0.0
    assert DATA.mean.min() < draws.delta.mean() < DATA.mean.max()
