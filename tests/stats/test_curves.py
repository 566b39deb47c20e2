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


def test_every_point_is_what_its_threshold_calls() -> None:
    y, score = cohort(60)
    roc, pr = roc_curve(y, score), pr_curve(y, score)
    assert len(roc.thresholds) == len(roc.true_positive_rate) == len(roc.false_positive_rate)
    assert len(pr.thresholds) == len(pr.recall) == len(pr.precision)
    for t, true in zip(roc.thresholds, roc.true_positive_rate, strict=True):
        assert true == pytest.approx(np.mean(score[y == 1] >= t))
    for t, recall in zip(pr.thresholds, pr.recall, strict=True):
        assert recall == pytest.approx(np.mean(score[y == 1] >= t))


def test_equal_scores_make_the_diagonal() -> None:
    roc = roc_curve([0, 1, 0], [0.5, 0.5, 0.5])
    assert roc.false_positive_rate.tolist() == roc.true_positive_rate.tolist() == [0.0, 1.0]
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
