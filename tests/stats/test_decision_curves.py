"""Net benefit against the package dcurves."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnmbench.stats.decision_curves import (
    benefits,
    decision_curve,
    net_benefit,
    net_benefit_intervals,
)

THRESHOLDS = np.array([0.01, 0.1, 0.25, 0.5, 0.75, 0.99])


def test_agrees_with_dcurves_ties_at_the_threshold_included() -> None:
    import dcurves  # slow to load

    random = np.random.default_rng(1)
    y = (random.random(80) < 0.3).astype(float)
    p = np.round(random.random(80), 2)
    p[:20] = np.resize(THRESHOLDS, 20)
    reference = dcurves.dca(
        data=pd.DataFrame({"y": y == 1.0, "model": p}),
        outcome="y",
        modelnames=["model"],
        thresholds=THRESHOLDS,
    ).set_index(["model", "threshold"])["net_benefit"]
    ours = decision_curve(y, p, THRESHOLDS)
    for name, values in {
        "model": ours.model,
        "all": ours.treat_all,
        "none": ours.treat_none,
    }.items():
        assert values.tolist() == pytest.approx(reference[name].loc[THRESHOLDS].tolist()), name


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 10)), min_size=1, max_size=30),
    st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_is_true_positives_less_weighted_false_ones(
    cases: list[tuple[int, int]], tenths: int
) -> None:
    y, p = np.array(cases, dtype=float).T
    p, t = p / 10, tenths / 10
    treated = p >= t
    true, false = np.sum(treated & (y == 1)), np.sum(treated & (y == 0))
    expected = true / y.size - false / y.size * t / (1 - t)
    assert net_benefit(y, p, t).item() == pytest.approx(expected)
    assert benefits(y, p, [t]).mean() == pytest.approx(expected)


def test_treating_all_is_a_model_that_is_sure_and_thresholds_keep_their_shape() -> None:
    y = np.array([0, 0, 0, 1.0])
    grid = THRESHOLDS.reshape(2, 3)
    curve = decision_curve(y, np.ones(4), grid)
    assert curve.model.shape == (2, 3)
    assert np.allclose(curve.model, curve.treat_all)
    assert (decision_curve(y, np.zeros(4), grid).model == curve.treat_none).all()
    assert net_benefit(y, [0.1, 0.1, 0.1, 0.1], 0.0).item() == 0.25


def draw_repeats(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,) and probabilities of three repeats (3, n)."""
    random = np.random.default_rng(0)
    y = (random.random(n) < 0.3).astype(float)
    return y, np.clip(0.2 + 0.3 * y + 0.15 * random.normal(size=(3, n)), 0.0, 1.0)


def test_repeats_are_scored_before_they_are_averaged() -> None:
    y, p = draw_repeats(90)
    each = [net_benefit(y, repeat, THRESHOLDS[1:4]) for repeat in p]
    assert net_benefit(y, p, THRESHOLDS[1:4]) == pytest.approx(np.mean(each, axis=0))
    assert benefits(y, p, THRESHOLDS[1:4]).mean(axis=0) == pytest.approx(np.mean(each, axis=0))
    assert decision_curve(y, p, THRESHOLDS[1:4]).model == pytest.approx(np.mean(each, axis=0))


def test_intervals_are_those_of_resampled_patients_scored_in_every_repeat() -> None:
    from scipy import stats  # slow to load

    y, p = draw_repeats(150)
    classes = tuple(np.flatnonzero(y == label) for label in (0.0, 1.0))

    def statistic(*rows: np.ndarray) -> float:
        drawn = np.concatenate(rows)
        # rounding must not tell equal values apart
        return round(float(np.mean([net_benefit(y[drawn], r[drawn], 0.25) for r in p])), 12)

    reference = stats.bootstrap(
        classes,
        statistic,
        n_resamples=1500,
        vectorized=False,
        random_state=np.random.default_rng(1),
    ).confidence_interval
    (ours,) = net_benefit_intervals(y, p, [0.25])
    width = reference.high - reference.low
    assert ours.low == pytest.approx(reference.low, abs=0.1 * width)
    assert ours.high == pytest.approx(reference.high, abs=0.1 * width)


def test_a_net_benefit_that_cannot_vary_is_a_point() -> None:
    truth = np.array([0.0, 0.0, 1.0, 1.0])
    for p, value in ((truth * 0.9, 0.5), (truth * 0.1, 0.0)):
        (interval,) = net_benefit_intervals(truth, p, [0.2])
        assert (interval.low, interval.high) == pytest.approx((value, value))


@pytest.mark.parametrize("wrong", [1.0, -0.1, math.nan])
def test_a_threshold_without_odds_is_refused(wrong: float) -> None:
    for statistic in (net_benefit, decision_curve):
        with pytest.raises(ValueError, match="thresholds: "):
            statistic([0, 1], [0.1, 0.9], [0.2, wrong])


def test_nan_and_what_is_no_probability_are_refused() -> None:
    for statistic in (net_benefit, decision_curve):
        with pytest.raises(ValueError, match="probabilities: 1 of 2"):
            statistic([0, 1], [0.1, math.nan], [0.2])
        with pytest.raises(ValueError, match="probabilities: expected within"):
            statistic([0, 1], [0.1, 7.0], [0.2])
