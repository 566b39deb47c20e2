"""ROC and PR curves against the areas below them, the band against the binomial law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from lnmbench.stats.curves import pr_curve, roc_band, roc_curve
from lnmbench.stats.discrimination import auc, average_precision


def cohort(n: int, seed: int = 0) -> np.ndarray:
    """Return labels and tied scores, (2, n)."""
    random = np.random.default_rng(seed)
    y = (random.random(n) < 0.3).astype(float)
    return np.stack([y, np.round(random.normal(y, 1.0), 1)])


def test_areas_below_the_curves_are_auc_and_average_precision() -> None:
    y, score = cohort(200)
    roc, pr = roc_curve(y, score), pr_curve(y, score)
    area = metrics.auc(roc.false_positive_rate, roc.true_positive_rate)
    assert area == pytest.approx(auc(y, score))
    steps = -np.sum(np.diff(pr.recall) * pr.precision[:-1])
    assert steps == pytest.approx(average_precision(y, score))
    assert pr.prevalence == y.mean()


def test_curves_pass_the_points_of_scikit_learn() -> None:
    y, score = cohort(60)
    roc, pr = roc_curve(y, score), pr_curve(y, score)
    false, true, _ = metrics.roc_curve(y, score, drop_intermediate=False)
    for at, sensitivity in zip(false, true, strict=True):
        ends = roc.true_positive_rate[np.isclose(roc.false_positive_rate, at)]
        assert ends.min() - 1e-12 <= sensitivity <= ends.max() + 1e-12
    precision, recall, _ = metrics.precision_recall_curve(y, score)
    for at, value in zip(pr.recall[:-1], pr.precision[:-1], strict=True):
        # of the thresholds that reach the recall, the highest
        assert value == pytest.approx(precision[np.flatnonzero(recall >= at - 1e-12)[-1]])


def test_repeats_are_averaged_so_that_areas_are_their_mean_areas() -> None:
    y, score = cohort(120)
    scores = np.round(score + np.random.default_rng(1).normal(size=(4, 120)), 1)
    roc, pr = roc_curve(y, scores), pr_curve(y, scores)
    areas = [metrics.roc_auc_score(y, repeat) for repeat in scores]
    assert metrics.auc(roc.false_positive_rate, roc.true_positive_rate) == pytest.approx(
        np.mean(areas)
    )
    areas = [metrics.average_precision_score(y, repeat) for repeat in scores]
    steps = -np.sum(np.diff(pr.recall) * pr.precision[:-1])
    assert steps == pytest.approx(np.mean(areas))
    assert np.all(np.diff(roc.true_positive_rate) >= -1e-12)


def test_the_band_of_repeats_is_that_of_their_averaged_sensitivity() -> None:
    y, score = cohort(200)
    scores = score + np.random.default_rng(1).normal(size=(3, 200))
    band, roc, random = roc_band(y, scores), roc_curve(y, scores), np.random.default_rng(2)
    positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    drawn = []
    for _ in range(300):
        rows = np.r_[random.choice(positive, positive.size), random.choice(negative, negative.size)]
        again = [metrics.roc_curve(y[rows], repeat[rows]) for repeat in scores]
        drawn.append(np.mean([np.interp(0.3, false, true) for false, true, _ in again]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert band.low[30] == pytest.approx(low, abs=0.03)
    assert band.high[30] == pytest.approx(high, abs=0.03)
    observed = np.interp(0.3, roc.false_positive_rate, roc.true_positive_rate)
    assert band.low[30] < observed < band.high[30]


def test_equal_scores_make_the_diagonal() -> None:
    roc = roc_curve([0, 1, 0], [0.5, 0.5, 0.5])
    assert roc.false_positive_rate.tolist() == roc.true_positive_rate.tolist()
    assert roc.false_positive_rate[[0, -1]].tolist() == [0.0, 1.0]
    band = roc_band([0, 1, 0], [0.5, 0.5, 0.5])
    assert band.low.tolist() == pytest.approx(band.false_positive_rate.tolist())
    assert band.high.tolist() == pytest.approx(band.false_positive_rate.tolist())


def test_the_band_goes_around_the_curve_and_widens_with_the_level() -> None:
    y, score = cohort(300)
    wide, narrow = roc_band(y, score, 0.99), roc_band(y, score, 0.8)
    roc = roc_curve(y, score)
    observed = np.interp(wide.false_positive_rate, roc.false_positive_rate, roc.true_positive_rate)
    assert np.all(wide.low <= observed + 1e-9)
    assert np.all(observed <= wide.high + 1e-9)
    assert np.mean(wide.high - wide.low) > 1.5 * np.mean(narrow.high - narrow.low)
    assert wide.low[-1] == wide.high[-1] == 1.0


def test_with_endless_negatives_the_band_is_the_binomial_law_of_the_sensitivity() -> None:
    random = np.random.default_rng(3)
    positive, negative = random.normal(1.0, 1.0, 60), random.normal(0.0, 1.0, 20_000)
    y = np.r_[np.ones(60), np.zeros(20_000)]
    band = roc_band(y, np.r_[positive, negative])
    share = np.mean(positive >= np.quantile(negative, 0.8))
    low, high = stats.binom.interval(0.95, 60, share)
    assert band.low[20] == pytest.approx(low / 60, abs=0.025)
    assert band.high[20] == pytest.approx(high / 60, abs=0.025)


def test_the_same_seed_gives_the_same_band_and_one_positive_is_enough() -> None:
    y, score = cohort(50)
    assert (roc_band(y, score, seed=4).low == roc_band(y, score, seed=4).low).all()
    band = roc_band([1, 0, 0, 0], [0.9, 0.1, 0.2, 0.3])
    assert np.all(band.low == 1.0)


@pytest.mark.parametrize("curve", [roc_curve, pr_curve, roc_band])
def test_what_has_no_curve_is_refused(curve) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="both classes"):
        curve([1, 1], [0.1, 0.2])
    with pytest.raises(ValueError, match="scores: 1 of 2"):
        curve([0, 1], [0.1, math.nan])
    with pytest.raises(ValueError, match="scores: expected one for each of 3"):
        curve([0, 1, 1], [0.1, 0.2])


def test_an_impossible_band_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        roc_band([0, 1], [0.1, 0.2], 95)
    with pytest.raises(ValueError, match="resamples"):
        roc_band([0, 1], [0.1, 0.2], resamples=0)
