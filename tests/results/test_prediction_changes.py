"""Changes of predictions: correlation and mean absolute difference, computed by hand and scipy."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import pearsonr

from lnmbench.records import AuxScore, Estimate, MethodResult, Results
from lnmbench.results import (
    PredictionChange,
    Question,
    can_show_effect,
    prediction_change,
    prediction_changes,
)
from lnmbench.testing.sample_results import (
    CONTROL,
    MULTI_TASK,
    SINGLE_TASK,
    empty_results,
    sample_results,
)

QUESTION = Question(method=MULTI_TASK, reference=SINGLE_TASK, aux="pt")


def predict(
    with_task: NDArray[np.float64] | None, without_task: NDArray[np.float64] | None
) -> Results:
    """Return results with these out-of-fold probabilities (repeats, n)."""
    pairs = ((MULTI_TASK, with_task), (SINGLE_TASK, without_task))
    methods = tuple(
        MethodResult(method=method, units_done=20, units_all=20, predicted=values)
        for method, values in pairs
    )
    return replace(empty_results(), method_results=methods)


def test_both_numbers_are_means_over_the_repeats() -> None:
    random = np.random.default_rng(0)
    before = random.uniform(0.1, 0.9, (3, 50))
    after = np.clip(before + random.normal(0.0, 0.1, (3, 50)), 0.0, 1.0)
    change = prediction_change(predict(after, before), QUESTION)
    assert change is not None
    by_repeat = [pearsonr(a, b).statistic for a, b in zip(after, before, strict=True)]
    assert change.correlation == pytest.approx(sum(by_repeat) / 3)
    assert change.mean_absolute == pytest.approx(np.mean(np.abs(after - before)))
    assert not change.is_negligible


@pytest.mark.parametrize(("noise", "shown"), [(0.005, False), (0.05, True)])
def test_predictions_that_hardly_change_show_no_effect(noise: float, shown: bool) -> None:
    random = np.random.default_rng(1)
    before = random.uniform(0.0, 1.0, (2, 400))
    results = predict(before + random.normal(0.0, noise, (2, 400)), before)
    # a uniform variable has the variance 1 / 12
    expected = np.sqrt(1 / 12 / (1 / 12 + noise**2))
    change = prediction_change(results, QUESTION)
    assert change is not None
    assert change.correlation == pytest.approx(expected, abs=0.002)
    assert can_show_effect(results, QUESTION) is shown


def test_constant_predictions_have_no_correlation() -> None:
    constant = np.full((2, 10), 0.3)
    varying = np.tile(np.linspace(0.1, 0.5, 10), (2, 1))
    change = prediction_change(predict(varying, constant), QUESTION)
    assert change is not None
    assert np.isnan(change.correlation)
    assert change.numbers == "correlation –, mean absolute change .111"
    assert not change.is_negligible
    same = prediction_change(predict(constant, constant), QUESTION)
    assert same is not None
    assert same.is_negligible


def test_predictions_that_are_missing_are_no_evidence() -> None:
    whole = np.tile(np.linspace(0.1, 0.5, 10), (2, 1))
    unfinished = whole.copy()
    unfinished[1, 3] = np.nan
    for results in (predict(whole, None), predict(unfinished, whole), empty_results()):
        assert prediction_change(results, QUESTION) is None
        assert can_show_effect(results, QUESTION)


def test_a_network_that_learns_none_of_its_tasks_shows_no_effect() -> None:
    random = np.random.default_rng(0)
    varied = predict(random.uniform(size=(2, 50)), random.uniform(size=(2, 50)))
    assert can_show_effect(varied, QUESTION)
    for low, shown in ((0.45, False), (0.51, True)):
        score = AuxScore(
            task=MULTI_TASK.aux[0].key,
            title="pT",
            kind="ordinal",
            known=50,
            metrics={"macro_auc": Estimate(value=0.55, low=low, high=0.65)},
            chance={"macro_auc": 0.5},
        )
        with_task, plain = varied.method_results
        results = replace(varied, method_results=(replace(with_task, aux=(score,)), plain))
        assert can_show_effect(results, QUESTION) is shown
        # against a baseline, the tasks are not in question
        assert can_show_effect(results, replace(QUESTION, aux=""))


def test_controls_have_a_change_and_networks_without_tasks_have_none() -> None:
    results = sample_results()
    changes = prediction_changes(results)
    assert set(changes) == {MULTI_TASK.fingerprint, CONTROL.fingerprint}
    assert changes[MULTI_TASK.fingerprint] == prediction_change(results, QUESTION)
    unfinished = tuple(
        replace(result, units_done=1) if result.method == SINGLE_TASK else result
        for result in results.method_results
    )
    assert not prediction_changes(replace(results, method_results=unfinished))


@pytest.mark.parametrize(
    ("correlation", "area", "gain"),
    # Φ((r + √(1 − r²)) Φ⁻¹(AUC)) − AUC, with scipy.stats.norm
    [(0.9995, 0.78, 0.0072), (0.998, 0.78, 0.0138), (1.0, 0.8, 0.0), (0.9, 0.5, 0.0)],
)
def test_a_correlation_allows_a_gain(correlation: float, area: float, gain: float) -> None:
    change = PredictionChange(correlation=correlation, mean_absolute=0.01)
    assert change.possible_gain(area) == pytest.approx(gain, abs=2e-4)


def test_no_gain_is_known_without_a_correlation() -> None:
    change = PredictionChange(correlation=math.nan, mean_absolute=0.01)
    assert math.isnan(change.possible_gain(0.8))
