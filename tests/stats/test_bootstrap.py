"""The bootstrap interval against scipy's, and against what it must cover."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy import stats

from lnmbench.stats.bootstrap import bca, bootstrap_interval
from lnmbench.stats.discrimination import average_precision, weighted_average_precision
from lnmbench.stats.operating_points import count_outcomes
from lnmbench.stats.ordinal import macro_auc, mean_absolute_error
from lnmbench.stats.resampling import Weighted
from lnmbench.stats.scoring_rules import brier, squared_errors


class Ap:
    """Average precision that scores weightings too."""

    def __call__(self, y: np.ndarray, p: np.ndarray) -> float:
        return average_precision(y, p)

    def weighted(self, y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return weighted_average_precision(y, p, weights)


class MeanSquare:
    """The Brier score that scores weightings too."""

    def __call__(self, y: np.ndarray, p: np.ndarray) -> float:
        return brier(y, p)

    def weighted(self, y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.asarray(weights @ squared_errors(y, p) / weights.sum(-1))


def cohort(n: int, seed: int = 0) -> np.ndarray:
    """Return labels and probabilities, (2, n)."""
    random = np.random.default_rng(seed)
    y = (random.random(n) < 0.35).astype(float)
    y[:2] = 0.0, 1.0
    return np.stack([y, np.clip(0.25 * y + 0.75 * random.random(n), 0, 1)])


def by_scipy(
    y: np.ndarray, p: np.ndarray, metric: Callable[[np.ndarray, np.ndarray], float], resamples: int
) -> Any:
    def statistic(*rows: np.ndarray) -> float:
        chosen = np.concatenate(rows).astype(int)
        return metric(y[chosen], p[chosen])

    classes = tuple(np.flatnonzero(y == item) for item in (0.0, 1.0))
    return stats.bootstrap(
        classes,
        statistic,
        n_resamples=resamples,
        method="BCa",
        vectorized=False,
        random_state=np.random.default_rng(1),
    )


@pytest.mark.parametrize("metric", [brier, average_precision])
def test_the_same_resamples_give_the_interval_of_scipy(
    metric: Callable[[np.ndarray, np.ndarray], float],
) -> None:
    y, p = cohort(40)
    reference = by_scipy(y, p, metric, 300)
    left_out = [
        np.array([metric(np.delete(y, i), np.delete(p, i)) for i in np.flatnonzero(y == item)])
        for item in (0.0, 1.0)
    ]
    ours = bca(metric(y, p), reference.bootstrap_distribution, left_out, level=0.95)
    assert ours == pytest.approx(tuple(reference.confidence_interval))


def test_own_resamples_give_nearly_that_of_scipy() -> None:
    y, p = cohort(50, seed=3)
    reference = by_scipy(y, p, brier, 4000)
    ours = bootstrap_interval(y, p, brier, resamples=4000)
    low, high = reference.confidence_interval
    assert (ours.low, ours.high) == (
        pytest.approx(low, abs=0.05 * (high - low)),
        pytest.approx(high, abs=0.05 * (high - low)),
    )


@pytest.mark.parametrize(("metric", "plain"), [(Ap(), average_precision), (MeanSquare(), brier)])
def test_scoring_weightings_changes_nothing(
    metric: Weighted, plain: Callable[[np.ndarray, np.ndarray], float]
) -> None:
    y, p = cohort(60)
    p = p.round(1)  # ties
    fast, slow = (bootstrap_interval(y, p, item, resamples=200) for item in (metric, plain))
    assert (fast.estimate, fast.low, fast.high) == pytest.approx(
        (slow.estimate, slow.low, slow.high)
    )


def test_groups_of_patients_tell_the_acceleration_of_many() -> None:
    y, p = cohort(3000)
    result = bootstrap_interval(y, p, MeanSquare())
    assert result.low < result.estimate < result.high
    terms = squared_errors(y, p)
    error = math.sqrt(sum(terms[y == c].var() * np.sum(y == c) for c in (0, 1))) / y.size
    width = pytest.approx(2 * 1.96 * error, rel=0.05)
    assert result.high - result.low == width


def test_covers_the_truth_about_as_often_as_it_says() -> None:
    # p = .5 + .3·(y − .5)·u errs by a known mean square within each class
    inside = []
    for seed in range(150):
        random = np.random.default_rng(seed)
        y = np.repeat([0.0, 1.0], [40, 20])
        p = np.clip(y - np.where(y == 1, 1, -1) * random.beta(2, 3, 60), 0, 1)
        result = bootstrap_interval(y, p, MeanSquare(), resamples=300, seed=seed)
        inside.append(result.low < 0.2 < result.high)  # E[beta(2, 3)²] = 6/30
    assert 0.89 < np.mean(inside) < 0.99


def test_classes_keep_their_size_in_every_resample() -> None:
    y, p = cohort(30)
    observed = set()

    def positives(labels: np.ndarray, scores: np.ndarray) -> float:
        observed.add((labels.size, labels.sum()))
        return float(scores.mean())

    bootstrap_interval(y, p, positives, resamples=50)
    left_out = {(29, y.sum()), (29, y.sum() - 1)}
    assert observed == {(30, y.sum())} | left_out
    observed.clear()
    bootstrap_interval(y, p, positives, resamples=50, strata=np.zeros(30))
    assert len(observed) > 3


def test_classes_of_an_auxiliary_task_are_strata_and_measures_are_not() -> None:
    random = np.random.default_rng(2)
    y = np.repeat([0.0, 1.0, 2.0], [12, 9, 1])
    p = random.dirichlet(np.ones(3), y.size)
    result = bootstrap_interval(y, p, macro_auc, resamples=100)
    assert result.undefined == 0
    assert result.low < result.estimate < result.high
    size = random.normal(30, 9, 40)
    error = bootstrap_interval(size, size + random.normal(0, 2, 40), mean_absolute_error)
    assert error.low < error.estimate < error.high
    ages = np.arange(40.0, 70.0)  # whole numbers, but no classes
    drawn = bootstrap_interval(ages, ages + random.normal(0, 2, 30), mean_absolute_error)
    assert drawn.low < drawn.high


def test_masks_are_resampled_as_cases() -> None:
    truth = np.random.default_rng(0).random((12, 3, 3)) < 0.5
    result = bootstrap_interval(truth, ~truth, lambda a, b: float(np.mean(a == b)), resamples=20)
    assert (result.low, result.high) == (0.0, 0.0)


def test_where_all_resamples_are_equal_the_interval_is_the_point() -> None:
    y = np.array([0, 0, 0, 1.0])
    for p, value in ((y, 1.0), (np.full(4, 0.1), 0.25)):
        for metric in (Ap(), average_precision):
            result = bootstrap_interval(y, p, metric, resamples=100)
            assert (result.low, result.estimate, result.high) == (value, value, value)
    tenth = bootstrap_interval(np.zeros(7), np.full(7, 0.1), brier, resamples=100)
    assert (tenth.low, tenth.high) == (tenth.estimate, tenth.estimate)


def test_resamples_without_a_number_are_left_out_and_counted() -> None:
    y = np.array([0, 0, 0, 0, 0, 1, 1, 1.0])
    p = np.array([0.1, 0.6, 0.7, 0.8, 0.9, 0.2, 0.7, 0.9])
    npv = partial(lambda labels, scores, t: count_outcomes(labels, scores, t).npv, t=0.5)
    result = bootstrap_interval(y, p, npv, resamples=400)
    assert 0 < result.undefined < 400
    assert 0.0 <= result.low <= result.estimate <= result.high <= 1.0
    never = bootstrap_interval(y, np.ones(8), npv, resamples=20)
    assert math.isnan(never.estimate)
    assert math.isnan(never.low)
    assert never.undefined == 20


def test_the_seed_decides_and_the_level_widens() -> None:
    y, p = cohort(40)
    item, same, other = (bootstrap_interval(y, p, MeanSquare(), seed=s) for s in (1, 1, 2))
    assert item == same
    assert item != other
    wide = bootstrap_interval(y, p, MeanSquare(), level=0.99)
    narrow = bootstrap_interval(y, p, MeanSquare(), level=0.8)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_one_positive_is_enough() -> None:
    result = bootstrap_interval([0, 0, 0, 0, 1], [0.1, 0.5, 0.3, 0.2, 0.4], Ap(), resamples=200)
    assert result.low <= result.estimate == 0.5 <= result.high


@pytest.mark.parametrize(
    ("y", "p", "more", "message"),
    [
        ([0, math.nan], [0.1, 0.2], {}, "labels: 1 of 2"),
        ([0, 1], [0.1, math.nan], {}, "predictions: 1 of 2"),
        ([0, 1, 1], [0.1, 0.2], {}, "predictions: expected 3 cases, got 2"),
        ([], [], {}, "labels: expected at least one"),
        ([0, 1], [0.1, 0.2], {"level": 95}, "level"),
        ([0, 1], [0.1, 0.2], {"resamples": 0}, "resamples"),
        ([0, 1], [0.1, 0.2], {"strata": [1]}, "strata"),
    ],
)
def test_what_cannot_be_resampled_is_refused(y, p, more, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(y, p, brier, **more)
