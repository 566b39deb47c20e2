"""The bootstrap interval against scipy's, and against what it must cover."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import roc_auc_score

from lnmbench.stats.bootstrap import bca, bootstrap_intervals, resample
from lnmbench.stats.discrimination import average_precision, weighted_auc
from lnmbench.stats.scoring_rules import brier, squared_errors

Weights = NDArray[np.float64]


def cohort(n: int, seed: int = 0) -> np.ndarray:
    """Return labels and probabilities, (2, n)."""
    random = np.random.default_rng(seed)
    y = (random.random(n) < 0.35).astype(float)
    y[:2] = 0.0, 1.0
    return np.stack([y, np.clip(0.25 * y + 0.75 * random.random(n), 0, 1)])


def mean_square(y: np.ndarray, p: np.ndarray) -> Callable[[Weights], Weights]:
    """Return the Brier score of weighted cases."""
    terms = squared_errors(y, p)[:, None]
    return lambda weights: np.asarray(weights @ terms / weights.sum(1)[:, None])


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


@pytest.mark.parametrize("within_classes", [True, False])
def test_its_resamples_give_nearly_the_interval_of_scipy(within_classes: bool) -> None:
    y, p = cohort(50, seed=3)
    strata = y if within_classes else np.zeros(50)
    if within_classes:
        reference = by_scipy(y, p, brier, 4000)
    else:
        reference = stats.bootstrap(
            (squared_errors(y, p),),
            np.mean,
            n_resamples=4000,
            random_state=np.random.default_rng(1),
        )
    (ours,) = bootstrap_intervals(mean_square(y, p), 50, strata=strata, resamples=4000)
    low, high = reference.confidence_interval
    assert (ours.low, ours.high) == (
        pytest.approx(low, abs=0.06 * (high - low)),
        pytest.approx(high, abs=0.06 * (high - low)),
    )


def test_groups_of_patients_tell_the_acceleration_of_many() -> None:
    y, p = cohort(3000)
    (result,) = bootstrap_intervals(mean_square(y, p), 3000, strata=y)
    assert result.low < brier(y, p) < result.high
    terms = squared_errors(y, p)
    error = math.sqrt(sum(terms[y == c].var() * np.sum(y == c) for c in (0, 1))) / y.size
    assert result.high - result.low == pytest.approx(2 * 1.96 * error, rel=0.05)


def test_covers_the_truth_about_as_often_as_it_says() -> None:
    # p = .5 + .3·(y − .5)·u errs by a known mean square within each class
    inside = []
    for seed in range(150):
        random = np.random.default_rng(seed)
        y = np.repeat([0.0, 1.0], [40, 20])
        p = np.clip(y - np.where(y == 1, 1, -1) * random.beta(2, 3, 60), 0, 1)
        (result,) = bootstrap_intervals(mean_square(y, p), 60, resamples=300, seed=seed)
        inside.append(result.low < 0.2 < result.high)  # E[beta(2, 3)²] = 6/30
    assert 0.89 < np.mean(inside) < 0.99


def test_several_cases_of_a_patient_are_drawn_together_and_widen_the_interval() -> None:
    # each value is there four times: the interval must be that of the single values
    once = np.random.default_rng(0).random(60)
    values, patients = np.tile(once, 4), np.tile(np.arange(60), 4)

    def statistic(cases: np.ndarray) -> Callable[[Weights], Weights]:
        return lambda weights: np.asarray(weights @ cases[:, None] / weights.sum(1)[:, None])

    (together,) = bootstrap_intervals(statistic(values), 240, patients=patients)
    (single,) = bootstrap_intervals(statistic(once), 60)
    (apart,) = bootstrap_intervals(statistic(values), 240)
    assert (together.low, together.high) == pytest.approx((single.low, single.high))
    assert apart.high - apart.low == pytest.approx((single.high - single.low) / 2.0, rel=0.1)


def test_strata_keep_their_size_in_every_resample() -> None:
    y, _ = cohort(30)
    sizes = resample(
        lambda weights: weights @ np.stack([y, 1.0 - y], axis=1),
        30,
        patients=None,
        strata=y,
        resamples=50,
        seed=0,
    )
    assert {tuple(row) for row in sizes.drawn} == {(y.sum(), 30 - y.sum())}
    assert [len(rows) for rows in sizes.left_out] == [30 - y.sum(), y.sum()]
    free = resample(lambda weights: weights @ y[:, None], 30, patients=None, resamples=50, seed=0)
    assert len(set(free.drawn.ravel())) > 3


def test_patients_with_cases_of_both_labels_are_one_stratum() -> None:
    y, patients = np.tile([0.0, 1.0], 5), np.repeat(np.arange(5), 2)
    sizes = resample(
        lambda weights: np.stack([weights @ y, weights @ (1.0 - y)], axis=1),
        10,
        patients=patients,
        strata=y,
        resamples=20,
        seed=0,
    )
    assert sizes.drawn.tolist() == [[5.0, 5.0]] * 20
    assert [rows.tolist() for rows in sizes.left_out] == [[[4.0, 4.0]] * 5]


def test_a_resample_is_scored_in_every_repeat_and_averaged() -> None:
    random = np.random.default_rng(4)
    y = (np.arange(40) % 3 == 0).astype(float)
    scores = y + random.normal(size=(3, 40))
    values = resample(
        lambda weights: np.mean([weighted_auc(y, s, weights) for s in scores], axis=0)[:, None],
        40,
        patients=None,
        strata=y,
        resamples=5,
        seed=0,
    )
    counts = resample(lambda w: w, 40, patients=None, strata=y, resamples=5, seed=0).drawn
    for row, value in zip(counts.astype(int), values.drawn[:, 0], strict=True):
        aucs = [roc_auc_score(np.repeat(y, row), np.repeat(s, row)) for s in scores]
        assert value == pytest.approx(np.mean(aucs))


def test_where_all_resamples_are_equal_the_interval_is_the_point() -> None:
    for value in (0.0, 0.1, 1.0):
        (result,) = bootstrap_intervals(
            lambda weights, p=value: weights @ np.full((7, 1), p) / 7.0, 7, resamples=100
        )
        assert (result.low, result.high) == pytest.approx((value, value), abs=1e-15)


def test_rounding_does_not_set_equal_resamples_apart() -> None:
    estimate, drawn = 0.3, np.repeat([0.2, 0.3 + 1e-16, 0.4], [300, 400, 300])
    expected = bca(0.3, np.repeat([0.2, 0.3, 0.4], [300, 400, 300]), [], level=0.9)
    assert bca(estimate, drawn - 2e-16, [], level=0.9) == pytest.approx(expected)


def test_resamples_without_a_number_are_left_out() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])

    def mean_without_first(weights: Weights) -> Weights:
        means = weights @ values / weights.sum(1)
        return np.where(weights[:, 0] > 0, means, math.nan)[:, None]

    (result,) = bootstrap_intervals(mean_without_first, 5, resamples=400)
    assert 1.0 <= result.low < 3.0 < result.high <= 5.0
    (never,) = bootstrap_intervals(lambda w: np.full((len(w), 1), math.nan), 5, resamples=20)
    assert math.isnan(never.low)
    assert math.isnan(never.high)


def test_the_seed_decides_and_the_level_widens() -> None:
    y, p = cohort(40)
    item, same, other = (
        bootstrap_intervals(mean_square(y, p), 40, seed=seed) for seed in (1, 1, 2)
    )
    assert item == same
    assert item != other
    (wide,) = bootstrap_intervals(mean_square(y, p), 40, level=0.99)
    (narrow,) = bootstrap_intervals(mean_square(y, p), 40, level=0.8)
    assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize(
    ("more", "message"),
    [({"level": 95}, "level"), ({"resamples": 0}, "resamples"), ({"patients": [1]}, "patients")],
)
def test_what_cannot_be_resampled_is_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bootstrap_intervals(lambda weights: weights, 2, **more)
