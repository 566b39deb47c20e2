"""Stability of a selection of features."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench.stats import selection_stability


def mean_kuncheva_index(selected: NDArray[np.bool_], size: int) -> float:
    """Mean over pairs of fits of the overlap, corrected for that of random sets of one size."""
    features = selected.shape[1]
    by_chance = size**2 / features
    pairs = combinations(selected, 2)
    return float(np.mean([((a & b).sum() - by_chance) / (size - by_chance) for a, b in pairs]))


def fleiss_kappa(selected: NDArray[np.bool_]) -> float:
    """Agreement of the fits on each feature, pair by pair, beyond that of chance (Fleiss 1971)."""
    agreement = np.mean([(a == b).mean() for a, b in combinations(selected, 2)])
    chance = selected.mean() ** 2 + (1.0 - selected.mean()) ** 2
    return float((agreement - chance) / (1.0 - chance))


def test_sets_of_one_size_have_the_mean_of_kunchevas_index() -> None:
    random = np.random.default_rng(0)
    selected = np.zeros((9, 30), dtype=np.bool_)
    for row in selected:
        row[:4] = random.random(4) < 0.8
        others = random.permutation(np.arange(4, 30))
        row[others[: 6 - row.sum()]] = True
    assert set(selected.sum(axis=1)) == {6}
    assert selection_stability(selected) == pytest.approx(mean_kuncheva_index(selected, 6))


@pytest.mark.parametrize("seed", range(5))
def test_sets_of_any_size_have_fleiss_kappa(seed: int) -> None:
    random = np.random.default_rng(seed)
    selected = random.random((7, 20)) < random.random(20)
    assert selection_stability(selected) == pytest.approx(fleiss_kappa(selected))


def test_equal_sets_are_stable_and_random_ones_are_not() -> None:
    same = np.tile(np.arange(12) < 5, (6, 1))
    assert selection_stability(same) == 1.0
    random = np.random.default_rng(1).random((200, 40)) < 0.25
    assert abs(selection_stability(random)) < 0.01


@pytest.mark.parametrize(
    "selected", [np.ones((3, 4)), np.zeros((3, 4)), np.eye(1, 4), np.zeros((3, 0))]
)
def test_stability_is_not_defined_without_a_choice(selected: NDArray[np.float64]) -> None:
    assert np.isnan(selection_stability(selected > 0))
