"""The permutation test: by hand, and its size by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench.stats.permutation import permutation_pvalue


@pytest.mark.parametrize(
    ("score", "permuted", "upward", "expected"),
    [
        (0.80, [0.79] * 19, True, 1 / 20),
        (0.80, [0.79] * 18 + [0.81], True, 2 / 20),
        (0.80, [0.79] * 18 + [0.80], True, 2 / 20),  # a tie counts against the score
        (0.80, [0.79] * 18 + [0.80 + 1e-15], True, 2 / 20),
        (0.80, [0.81] * 99, True, 1.0),
        (0.20, [0.21] * 18 + [0.19], False, 2 / 20),
        (0.80, [0.79], True, 1 / 2),
    ],
)
def test_p_counts_the_permutations_that_reach_the_score(
    score: float, permuted: list[float], upward: bool, expected: float
) -> None:
    assert permutation_pvalue(score, permuted, upward=upward) == expected


def test_nan_and_no_permutation_are_refused() -> None:
    for score, permuted in ((0.8, []), (0.8, [np.nan]), (np.nan, [0.8])):
        with pytest.raises(ValueError, match="score"):
            permutation_pvalue(score, permuted)


def test_p_is_uniform_if_the_labels_carry_nothing() -> None:
    random = np.random.default_rng(1)
    data_sets, controls = 4000, 19
    # scores of one data set share the cohort, and differ by the labels of the task
    scores = random.normal(size=(data_sets, 1)) + 0.3 * random.normal(size=(data_sets, 20))
    p = np.array([permutation_pvalue(row[0], row[1:]) for row in scores])
    counts = np.unique(p, return_counts=True)
    assert counts[0] == pytest.approx(np.arange(1, controls + 2) / 20)
    chi_square = float((((counts[1] - data_sets / 20) ** 2) / (data_sets / 20)).sum())
    assert chi_square < 36.2  # 99 % of χ² with 19 degrees of freedom
    assert abs(float(np.mean(p <= 0.05)) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / data_sets)


def mean_scores(labels: NDArray[np.float64], effects: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean score over fits: each gains from its labels (…, fits, n) by chance."""
    return np.asarray((labels * effects).mean(axis=(-2, -1)))


def test_one_permutation_for_all_fits_is_exchangeable_and_one_for_each_fit_is_not() -> None:
    """A task has one set of labels in all fits; controls with another in each fit vary less."""
    random = np.random.default_rng(1)
    data_sets, controls, fits, n = 400, 19, 20, 30
    rejected = {"cohort": 0, "fit": 0}
    for _ in range(data_sets):
        effects = random.normal(size=(1, n)) + 0.5 * random.normal(size=(fits, n))
        labels = random.normal(size=n)
        score = float(mean_scores(labels, effects))
        shared = random.permuted(np.tile(labels, (controls, 1)), axis=1)[:, np.newaxis]
        of_fits = random.permuted(np.tile(labels, (controls, fits, 1)), axis=2)
        for name, permuted in (("cohort", shared), ("fit", of_fits)):
            p = permutation_pvalue(score, mean_scores(permuted, effects))
            rejected[name] += p <= 0.05
    assert rejected["cohort"] / data_sets < 0.083  # .05 + 3 Monte Carlo errors
    assert rejected["fit"] / data_sets > 0.25
