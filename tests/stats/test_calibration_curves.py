"""The calibration curve against patsy's splines, Wilson's intervals and the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from patsy import dmatrix
from scipy import stats
from scipy.special import expit, logit
from statsmodels.stats.proportion import proportion_confint

from lnmbench.stats.calibration_curves import calibration_curve, spline
from lnmbench.stats.logistic_fits import fit_logistic
from lnmbench.stats.recalibration import calibration


def cohort(n: int, seed: int = 0) -> np.ndarray:
    """Return labels and probabilities, (2, n), whose calibration is bent."""
    random = np.random.default_rng(seed)
    x = random.normal(-0.5, 1.3, n)
    return np.stack([random.random(n) < truth(expit(x)), expit(x)]).astype(float)


def truth(p: np.ndarray) -> np.ndarray:
    x = logit(p)
    return np.asarray(expit(-0.6 + 0.3 * x + 0.2 * x**2))


def test_bins_hold_equal_counts_with_the_intervals_of_wilson() -> None:
    y, p = cohort(103)
    bins = calibration_curve(y, p, bins=10).bins
    assert bins.count.sum() == 103
    assert bins.count.max() - bins.count.min() <= 1
    order = np.argsort(p)
    first = order[: bins.count[0]]
    assert bins.predicted[0] == pytest.approx(p[first].mean())
    assert bins.observed[0] == pytest.approx(y[first].mean())
    wilson = stats.binomtest(int(y[first].sum()), first.size).proportion_ci(method="wilson")
    assert (bins.low[0], bins.high[0]) == pytest.approx((wilson.low, wilson.high))
    assert (bins.predicted * bins.count).sum() == pytest.approx(p.sum())


def test_ties_share_a_bin_whatever_the_order() -> None:
    y, p = cohort(60)
    p = np.round(p, 1)
    shuffled = np.random.default_rng(1).permutation(60)
    bins = calibration_curve(y, p).bins
    again = calibration_curve(y[shuffled], p[shuffled]).bins
    assert again.observed.tolist() == pytest.approx(bins.observed.tolist())
    assert np.isin(bins.predicted.round(6), np.unique(p).round(6)).any()
    for value in np.unique(p):  # no bin begins within a value
        assert bins.count.cumsum().tolist().count(np.sum(p <= value)) <= 1
    assert set(bins.count.cumsum()) <= {int(np.sum(p <= value)) for value in np.unique(p)}


def test_the_spline_is_the_natural_one_of_patsy_and_straight_outside() -> None:
    x = np.linspace(-3, 3, 80)
    knots = np.array([-2.0, -0.5, 0.4, 2.2])
    ours = spline(x, knots)
    inside = (x >= knots[0]) & (x <= knots[-1])
    reference = np.asarray(
        dmatrix(
            "cr(x, knots=inner, lower_bound=low, upper_bound=high) - 1",
            {"x": x[inside], "inner": knots[1:-1], "low": knots[0], "high": knots[-1]},
        )
    )
    # one space of functions: each column of ours is a combination of theirs
    _, left, rank, _ = np.linalg.lstsq(reference, ours[inside], rcond=None)
    assert rank == ours.shape[1] == 4
    assert np.all(left < 1e-18)
    bends = np.diff(ours, n=2, axis=0)
    assert np.abs(bends[x[2:] < knots[0]]).max() < 1e-12
    assert np.abs(bends[x[:-2] > knots[-1]]).max() < 1e-12


def test_two_knots_make_the_line_of_the_calibration_slope() -> None:
    y, p = cohort(80)
    x = logit(p)
    line = fit_logistic(y, spline(x, np.array([x.min(), x.max()])))
    result = calibration(y, p)
    assert line.coefficients.tolist() == pytest.approx([result.intercept, result.slope])


def test_covers_the_truth_pointwise_with_many_cases() -> None:
    inside = []
    for seed in range(20):
        y, p = cohort(3000, seed=seed)
        smooth = calibration_curve(y, p).smooth
        assert smooth.knots == 5
        middle = (smooth.predicted > 0.1) & (smooth.predicted < 0.85)
        expected = truth(smooth.predicted[middle])
        inside.append((smooth.low[middle] < expected) & (expected < smooth.high[middle]))
        assert np.abs(smooth.observed[middle] - expected).max() < 0.12
    assert np.mean(np.concatenate(inside)) > 0.85


@pytest.mark.parametrize(("n", "knots"), [(16, 3), (120, 3), (300, 4)])
def test_few_cases_make_a_simpler_curve(n: int, knots: int) -> None:
    y, p = cohort(n)
    smooth = calibration_curve(y, p).smooth
    assert 2 <= smooth.knots <= knots
    assert np.all(smooth.low <= smooth.observed)
    assert np.all(smooth.observed <= smooth.high)
    assert smooth.predicted[[0, -1]].tolist() == [p.min(), p.max()]


def draw_repeats(n: int, repeats: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,) and probabilities (repeats, n) that vary between repeats."""
    random = np.random.default_rng(0)
    x = random.normal(-0.5, 1.3, n)
    y = (random.random(n) < expit(x)).astype(float)
    return y, expit(x + 0.6 * random.normal(size=(repeats, n)))


def test_repeats_are_assessed_before_they_are_averaged() -> None:
    y, p = draw_repeats(300, 3)
    curve, each = calibration_curve(y, p), [calibration_curve(y, repeat) for repeat in p]
    for name in ("predicted", "observed"):
        expected = np.mean([getattr(repeat.bins, name) for repeat in each], axis=0)
        assert getattr(curve.bins, name) == pytest.approx(expected)
    ends = curve.smooth.predicted[[0, -1]]
    assert ends.tolist() == pytest.approx([p.min(axis=1).mean(), p.max(axis=1).mean()])
    middle = slice(20, 80)
    grid = curve.smooth.predicted[middle]
    expected = np.mean(
        [np.interp(grid, repeat.smooth.predicted, repeat.smooth.observed) for repeat in each],
        axis=0,
    )
    assert curve.smooth.observed[middle] == pytest.approx(expected, abs=1e-3)
    for part in (curve.bins, curve.smooth):
        assert np.all(part.low < part.observed)
        assert np.all(part.observed < part.high)


def test_limits_of_bins_are_narrower_than_those_of_one_repeat_and_wider_than_of_all_calls() -> None:
    y, p = draw_repeats(400, 5)
    bins, once = calibration_curve(y, p).bins, calibration_curve(y, p[0]).bins
    low, high = proportion_confint(bins.observed * bins.count, bins.count, method="wilson")
    assert np.mean(high - low) < np.mean(bins.high - bins.low) < np.mean(once.high - once.low)


def test_one_repeat_with_equal_probabilities_leaves_no_curve() -> None:
    y, p = draw_repeats(60, 2)
    p[1] = 0.3
    curve = calibration_curve(y, p)
    assert curve.smooth.knots == 0
    assert curve.bins.count.sum() == 120


def test_separated_classes_and_equal_probabilities_have_bins_but_no_curve() -> None:
    for p in ([0.1, 0.2, 0.8, 0.9], [0.3, 0.3, 0.3, 0.3], [0.0, 0.0, 1.0, 1.0]):
        curve = calibration_curve([0, 0, 1, 1], p)
        assert curve.smooth.knots == 0
        assert np.isnan(curve.smooth.observed).all()
        assert curve.bins.count.sum() == 4
    assert curve.bins.observed.tolist() == [0.0, 1.0]


def test_few_values_make_a_line() -> None:
    y = [0, 0, 1, 1, 0, 1, 1, 1]
    smooth = calibration_curve(y, [0.2, 0.2, 0.2, 0.2, 0.7, 0.7, 0.7, 0.7]).smooth
    assert smooth.knots == 2
    assert smooth.observed[[0, -1]].tolist() == pytest.approx([0.5, 0.75])


def test_what_has_no_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="both classes"):
        calibration_curve([1, 1], [0.1, 0.2])
    with pytest.raises(ValueError, match="probabilities: 1 of 2"):
        calibration_curve([0, 1], [0.1, math.nan])
    with pytest.raises(ValueError, match="bins"):
        calibration_curve([0, 1], [0.1, 0.2], bins=0)
    with pytest.raises(ValueError, match="level"):
        calibration_curve([0, 1], [0.1, 0.2], level=95)
