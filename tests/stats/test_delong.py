"""DeLong's test and interval, against R's pROC.

The numbers are of R 4.2.2 with pROC 1.18.0, for each data set:

    a <- roc(y, a, direction = "<", levels = c(0, 1)); b <- roc(y, b, direction = "<", ...)
    roc.test(b, a, method = "delong", paired = TRUE)   # statistic, p.value, conf.int
    ci.auc(a, method = "delong"); var(a, method = "delong")
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from lnmbench.stats.delong import (
    compare_components,
    delong_components,
    delong_interval,
    delong_test,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A data set and what pROC makes of it; `plain` and `variance` are of score a."""

    y: list[int]
    a: list[float]
    b: list[float]
    aucs: tuple[float, float]
    z: float
    p: float
    interval: tuple[float, float]
    plain: tuple[float, float]
    variance: float


PROC = {
    "ties": Frozen(
        y=[0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
        a=[1, 2, 2, 3, 3, 4, 2, 3, 4, 5],
        b=[1, 1, 2, 2, 3, 5, 3, 3, 4, 4],
        aucs=(0.729166666666667, 0.791666666666667),
        z=0.381822389250611,
        p=0.702593110515069,
        interval=(-0.258323902637494, 0.383323902637494),
        plain=(0.383011670311024, 1.0),
        variance=0.0311921296296296,
    ),
    "near perfect": Frozen(
        y=[0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
        a=[0.1, 0.2, 0.3, 0.4, 0.62, 0.6, 0.7, 0.8, 0.9, 0.95],
        b=[0.1, 0.2, 0.3, 0.35, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95],
        aucs=(0.96, 1.0),
        z=0.707106781186548,
        p=0.479500122186953,
        interval=(-0.0708723059479741, 0.150872305947974),
        plain=(0.849127694052026, 1.0),
        variance=0.0032,
    ),
    "the wrong way round": Frozen(
        y=[1, 1, 1, 0, 0, 0, 0],
        a=[0.1, 0.3, 0.2, 0.4, 0.25, 0.8, 0.9],
        b=[0.9, 0.3, 0.7, 0.4, 0.25, 0.8, 0.1],
        aucs=(0.0833333333333333, 0.75),
        z=2.57307008361071,
        p=0.0100800793571913,
        interval=(0.158852027383128, 1.17448130595021),
        plain=(0.0, 0.31431730405829),
        variance=0.0138888888888889,
    ),
    "no variance left": Frozen(
        y=[0, 0, 0, 1, 1, 1],
        a=[1, 1, 1, 1, 1, 1],
        b=[1, 2, 3, 4, 5, 6],
        aucs=(0.5, 1.0),
        z=math.inf,
        p=0.0,
        interval=(0.5, 0.5),
        plain=(0.5, 0.5),
        variance=0.0,
    ),
    "identical": Frozen(
        y=[0, 0, 0, 1, 1, 1],
        a=[1, 2, 5, 3, 4, 6],
        b=[1, 2, 5, 3, 4, 6],
        aucs=(0.777777777777778, 0.777777777777778),
        z=0.0,
        p=1.0,
        interval=(0.0, 0.0),
        plain=(0.290820810790788, 1.0),
        variance=0.0617283950617284,
    ),
    "few positives": Frozen(
        y=[1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0],
        a=[
            *(0.52, 0.31, 0.44, 0.71, 0.12, 0.35, 0.68, 0.4, 0.22, 0.15),
            *(0.33, 0.57, 0.49, 0.08, 0.27, 0.83, 0.61, 0.19, 0.36, 0.45),
        ],
        b=[
            *(0.48, 0.35, 0.3, 0.66, 0.22, 0.51, 0.4, 0.55, 0.18, 0.25),
            *(0.3, 0.35, 0.6, 0.18, 0.37, 0.7, 0.35, 0.29, 0.26, 0.41),
        ],
        aucs=(0.853333333333333, 0.986666666666667),
        z=1.45095250022002,
        p=0.146793087308571,
        interval=(-0.0467749274349407, 0.313441594101607),
        plain=(0.676229363449393, 1.0),
        variance=0.00816507936507936,
    ),
}

Y = [0, 0, 0, 0, 1, 1, 1]
# cases of both classes, with two scores of few values each so that many tie
CASES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(0, 4)), max_size=30
).map(lambda rows: np.array([(0, 1, 2), (0, 2, 2), (1, 2, 1), (1, 3, 4), *rows]).T)


@pytest.mark.parametrize("name", PROC)
def test_equals_proc(name: str) -> None:
    expected = PROC[name]
    test = delong_test(expected.y, expected.a, expected.b)
    assert (test.auc_a, test.auc_b) == pytest.approx(expected.aucs)
    assert test.estimate == pytest.approx(expected.aucs[1] - expected.aucs[0])
    assert test.statistic == pytest.approx(expected.z)
    assert test.pvalue == pytest.approx(expected.p)
    assert (test.interval.low, test.interval.high) == pytest.approx(expected.interval)
    plain = delong_interval(expected.y, expected.a, scale="plain")
    assert (plain.low, plain.high) == pytest.approx(expected.plain)
    variance = delong_components(expected.y, expected.a).variance
    assert variance == pytest.approx(expected.variance)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        # plogis(qlogis(auc) ± qnorm(.975) · sqrt(var) / (auc · (1 − auc)))
        ("ties", 0.318116988143581, 0.939530223617653),
        ("near perfect", 0.57218076263547, 0.997683441755321),
        ("the wrong way round", 0.00440024354643457, 0.651558059094568),
        ("few positives", 0.585627120048816, 0.959923312513716),
        ("no variance left", 0.5, 0.5),
    ],
)
def test_interval_on_the_logit_scale_equals_r(name: str, low: float, high: float) -> None:
    interval = delong_interval(PROC[name].y, PROC[name].a)
    assert (interval.low, interval.high) == pytest.approx((low, high))


@given(CASES)
@settings(max_examples=50, deadline=None)
def test_placements_are_counted_and_their_means_are_the_auc(cases: np.ndarray) -> None:
    y, score, _ = cases
    result = delong_components(y, score)
    wins = np.sign(score[y == 1][:, None] - score[y == 0]) / 2 + 0.5
    assert result.v10.tolist() == pytest.approx(wins.mean(axis=1).tolist())
    assert result.v01.tolist() == pytest.approx(wins.mean(axis=0).tolist())
    assert result.auc == pytest.approx(roc_auc_score(y, score))
    assert result.v01.mean() == pytest.approx(result.auc)


@given(CASES)
@settings(max_examples=50, deadline=None)
def test_only_ranks_count_and_swapping_flips_the_sign(cases: np.ndarray) -> None:
    y, a, b = cases
    test = delong_test(y, a, b)
    assert delong_test(y, np.exp(a), 3.0 * b - 7.0) == test
    swapped = delong_test(y, b, a)
    assert (swapped.estimate, swapped.statistic) == pytest.approx((-test.estimate, -test.statistic))
    assert swapped.pvalue == pytest.approx(test.pvalue)
    assert swapped.interval.low == pytest.approx(-test.interval.high)
    assert (test.pvalue < 0.05) == (test.interval.low > 0 or test.interval.high < 0)


@given(CASES, st.sampled_from([0.8, 0.95, 0.99]))
@settings(max_examples=50, deadline=None)
def test_interval_stays_within_0_and_1_and_holds_the_auc(cases: np.ndarray, level: float) -> None:
    y, score, _ = cases
    area = roc_auc_score(y, score)
    for scale in ("logit", "plain"):
        interval = delong_interval(y, score, level, scale=scale)
        assert 0.0 <= interval.low <= area + 1e-12
        assert area - 1e-12 <= interval.high <= 1.0
    mirrored = delong_interval(y, -score, level)
    interval = delong_interval(y, score, level)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - interval.high, 1 - interval.low))


def test_scores_that_rank_alike_do_not_differ() -> None:
    a = np.random.default_rng(0).normal(size=7)
    test = delong_test(Y, a, 1 / (1 + np.exp(-a)))
    assert (test.estimate, test.statistic, test.pvalue) == (0.0, 0.0, 1.0)


def test_perfect_scores_of_few_cases_do_not_look_certain() -> None:
    few = delong_interval([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6])
    many = delong_interval(np.repeat([0, 1], 300), np.arange(600))
    assert (few.high, many.high) == (1.0, 1.0)
    assert 0.3 < few.low < 0.6
    assert 0.98 < many.low < 1.0
    # Newcombe's method 5 solves (1 − θ)² = z² V(θ), with V after Hanley & McNeil
    theta, star = few.low, 2.0
    inner = 1 + star * (1 - theta) / (2 - theta) + star * theta / (1 + theta)
    assert (1 - theta) ** 2 == pytest.approx(1.959964**2 * theta * (1 - theta) * inner / 9)
    wrong_way = delong_interval([1, 1, 1, 0, 0, 0], [1, 2, 3, 4, 5, 6])
    assert (wrong_way.low, wrong_way.high) == pytest.approx((0.0, 1 - few.low))


def test_interval_near_1_keeps_its_level_where_the_plain_one_does_not() -> None:
    rng, runs, m, n, shift = np.random.default_rng(1), 1500, 15, 40, 2.6
    area = 0.5 * math.erfc(-shift / 2)  # Φ(shift / √2)
    y, covered = np.repeat([1, 0], [m, n]), {"logit": 0, "plain": 0}
    for _ in range(runs):
        score = rng.normal(size=m + n) + shift * y
        for scale in covered:
            interval = delong_interval(y, score, scale=scale)
            covered[scale] += interval.low <= area <= interval.high
    assert covered["logit"] / runs > 0.935
    assert covered["plain"] / runs < 0.90


def test_holds_its_level_on_independent_cases() -> None:
    rng, runs, n = np.random.default_rng(2), 2000, 60
    y, result = np.repeat([0, 1], n // 2), 0
    for _ in range(runs):
        shared = rng.normal(size=n) + y
        a, b = shared + rng.normal(size=n), shared + rng.normal(size=n)
        result += delong_test(y, a, b).pvalue < 0.05
    assert result / runs == pytest.approx(0.05, abs=0.02)


def draw_repeats(seed: int, noise: float) -> np.ndarray:
    """Return scores (5, 80) of a method whose repeats differ by noise."""
    shared = np.random.default_rng(0).normal(size=80) + np.repeat([0.0, 1.0], [50, 30])
    return np.asarray(shared + noise * np.random.default_rng(seed).normal(size=(5, 80)))


def test_repeats_are_scored_before_they_are_averaged() -> None:
    y, a, b = np.repeat([0, 1], [50, 30]), draw_repeats(1, 0.5), draw_repeats(2, 1.5)
    test = delong_test(y, a, b)
    areas = [np.mean([roc_auc_score(y, repeat) for repeat in scores]) for scores in (a, b)]
    assert (test.auc_a, test.auc_b) == pytest.approx(areas)
    # the covariance of the AUCs of repeats r and s, averaged over both (DeLong et al. 1988)
    v10 = np.array([delong_components(y, repeat).v10 for repeat in a])
    v01 = np.array([delong_components(y, repeat).v01 for repeat in a])
    expected = (np.cov(v10) / 30 + np.cov(v01) / 50).mean()
    assert delong_components(y, a).variance == pytest.approx(expected)


def test_the_variance_of_repeats_is_that_of_new_patients() -> None:
    random, means, errors = np.random.default_rng(3), [], []
    y = np.repeat([0, 1], [50, 30])
    for _ in range(400):
        scores = random.normal(size=80) + y + 0.8 * random.normal(size=(3, 80))
        components = delong_components(y, scores)
        means.append(components.auc)
        errors.append(math.sqrt(components.variance))
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.12)


def test_components_of_other_cases_are_refused() -> None:
    a, b = delong_components([0, 0, 1, 1], range(4)), delong_components([0, 0, 0, 1, 1], range(5))
    with pytest.raises(ValueError, match="different cases"):
        compare_components(a, b)


@pytest.mark.parametrize(
    ("y", "a", "b", "message"),
    [
        ([0, 0, 1, 1], [1, 2, 3, math.nan], [1, 2, 3, 4], "scores a: 1 of 4"),
        ([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3, math.inf], "scores b: 1 of 4"),
        ([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3], "scores b: expected one for each of 4 labels"),
        ([0, 0, 1, math.nan], [1, 2, 3, 4], [1, 2, 3, 4], "labels: 1 of 4"),
        ([0, 0, 0, 0], [1, 2, 3, 4], [1, 2, 3, 4], "labels: expected both classes"),
        ([0, 0, 0, 1], [1, 2, 3, 4], [1, 2, 3, 4], "at least 2 of each class, got 1 of 1 and 3 of"),
        ([1, 1, 1, 0], [1, 2, 3, 4], [1, 2, 3, 4], "at least 2 of each class, got 3 of 1 and 1 of"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    y: list[float], a: list[float], b: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        delong_test(y, a, b)


def test_impossible_level_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        delong_interval(Y, range(7), 95)
