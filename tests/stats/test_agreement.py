"""Agreement of calls."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_table

from lnmbench.stats.agreement import cohens_kappa, fleiss_kappa


def test_cohens_kappa_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    for _ in range(10):
        a = random.random(50) < 0.4
        b = np.where(random.random(50) < 0.3, ~a, a)
        agreement = cohens_kappa(a, b)
        assert agreement.kappa == pytest.approx(cohen_kappa_score(a, b))
        assert agreement.observed == pytest.approx((a == b).mean())
        assert agreement.interval.low < agreement.kappa < agreement.interval.high


def test_fleiss_kappa_is_that_of_statsmodels() -> None:
    random = np.random.default_rng(0)
    truth = random.random(80) < 0.3
    calls = np.where(random.random((4, 80)) < 0.2, ~truth, truth)
    agreement = fleiss_kappa(calls)
    table, _ = aggregate_raters(calls.T.astype(int))
    assert agreement.kappa == pytest.approx(fleiss_of_table(table))
    assert agreement.interval.low < agreement.kappa < agreement.interval.high


def test_the_bootstrap_covers_the_kappa_of_the_population() -> None:
    # two readers with a rate of errors e of a finding with prevalence p
    e, p = 0.15, 0.35
    rate = p * (1 - e) + (1 - p) * e
    observed, chance = (1 - e) ** 2 + e**2, rate**2 + (1 - rate) ** 2
    expected = (observed - chance) / (1 - chance)
    random = np.random.default_rng(3)
    covered = 0
    for seed in range(60):
        truth = random.random(120) < p
        calls = np.where(random.random((2, 120)) < e, ~truth, truth)
        interval = fleiss_kappa(calls, seed=seed).interval
        covered += interval.low <= expected <= interval.high
    assert covered >= 52


def test_cases_of_one_patient_are_drawn_together() -> None:
    random = np.random.default_rng(4)
    truth = np.repeat(random.random(30) < 0.5, 4)
    calls = np.where(np.repeat(random.random((3, 30)) < 0.25, 4, axis=1), ~truth, truth)
    by_case, by_patient = fleiss_kappa(calls), fleiss_kappa(calls, patients=np.arange(120) // 4)
    width = [each.interval.high - each.interval.low for each in (by_case, by_patient)]
    assert by_case.kappa == by_patient.kappa
    assert width[1] > 1.5 * width[0]


def test_kappa_is_undefined_where_all_calls_are_equal() -> None:
    assert np.isnan(cohens_kappa([False] * 4, [False] * 4).kappa)
    assert np.isnan(fleiss_kappa([[True] * 4] * 3).kappa)
    constant = cohens_kappa([False] * 4, [False] * 3 + [True])
    assert (constant.observed, constant.kappa) == (0.75, 0.0)
    assert np.isnan(constant.interval.low)


def test_other_input_is_refused() -> None:
    with pytest.raises(ValueError, match="bool"):
        fleiss_kappa([[0, 1], [1, 0]])
    with pytest.raises(ValueError, match="bool"):
        fleiss_kappa([[True, False]])
