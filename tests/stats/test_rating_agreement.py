"""Agreement of ratings and probabilities, against scikit-learn and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from lnmbench.stats.rating_agreement import (
    mean_absolute_difference,
    quadratic_kappa,
    rank_correlation,
)


@pytest.fixture
def ratings() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    random = np.random.default_rng(3)
    first = random.integers(1, 6, 60)
    second = np.clip(first + random.integers(-1, 3, 60), 1, 5)
    return first.astype(float), second.astype(float)


def test_values_are_those_of_other_libraries(
    ratings: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    first, second = ratings
    kappa, interval = quadratic_kappa(first, second)
    expected = cohen_kappa_score(first.astype(int), second.astype(int), weights="quadratic")
    assert kappa == pytest.approx(expected)
    assert -1.0 <= interval.low < kappa < interval.high <= 1.0
    correlation, interval = rank_correlation(first, second)
    assert correlation == pytest.approx(scipy.stats.spearmanr(first, second).statistic)
    assert interval.low < correlation < interval.high
    difference, interval = mean_absolute_difference(first, second)
    assert difference == pytest.approx(np.abs(first - second).mean())
    assert interval.low < difference < interval.high


def test_a_shift_of_the_scale_lowers_kappa_and_no_rank(
    ratings: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    first, _ = ratings
    assert rank_correlation(first, first + 2)[0] == pytest.approx(1.0)
    assert quadratic_kappa(first, first + 2)[0] < 0.6
    assert quadratic_kappa(first, first)[0] == 1.0


def test_cases_of_a_patient_are_drawn_together(
    ratings: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    first, second = (np.repeat(values, 4) for values in ratings)
    alone = quadratic_kappa(first, second)[1]
    together = quadratic_kappa(first, second, patients=np.repeat(np.arange(60), 4))[1]
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_equal_values_and_single_cases_have_no_agreement() -> None:
    assert np.isnan(quadratic_kappa([2.0, 2.0], [2.0, 2.0])[0])
    assert np.isnan(rank_correlation([1.0, 1.0, 1.0], [1.0, 2.0, 3.0])[0])
    value, interval = mean_absolute_difference([0.5], [0.7])
    assert np.isnan([value, interval.low]).all()
    with pytest.raises(ValueError, match="finite numbers"):
        quadratic_kappa([1.0, np.nan], [1.0, 2.0])
