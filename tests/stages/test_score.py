"""score: fold scores and their summary."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import (
    BaselineMethod,
    Choice,
    Cost,
    NetworkMethod,
    PredictionScale,
    Protocol,
    Weights,
)
from lnmbench.stages.score import (
    LabeledPredictions,
    Validation,
    fold_scores,
    score,
    spread,
    summarize,
)

PROTOCOL = Protocol(repeats=2, folds=3)
OUTER = np.array([[0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 2, 1]], dtype=np.int16)
TRUTH = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
NETWORK = NetworkMethod(
    label="net",
    encoder=Choice(name="resnet50"),
    level="slice",
    weights=Weights(source="random"),
)


class Gap:
    """Mean score of the positives less that of the negatives."""

    title = "gap"
    greater_is_better = True
    kinds = ("binary",)
    bounds = (-1.0, 1.0)

    def __call__(self, truth: np.ndarray, predicted: np.ndarray) -> float:
        return float(predicted[truth == 1].mean() - predicted[truth == 0].mean())


def scored(predicted: np.ndarray, truth: np.ndarray = TRUTH, outer: np.ndarray = OUTER):  # type: ignore[no-untyped-def]
    labeled = LabeledPredictions(predicted=predicted, truth=truth, outer=outer)
    return fold_scores(labeled, metric=Gap(), name="gap", method="m")


def label(predicted: np.ndarray, validation: Validation = ()) -> LabeledPredictions:
    return LabeledPredictions(predicted=predicted, truth=TRUTH, outer=OUTER, validation=validation)


def predictions() -> np.ndarray:
    return np.array([[0.1, 0.2, 0.3, 0.6, 0.8, 1.0], [0.0, 0.0, 0.0, 0.7, 0.8, 0.9]])


def test_each_value_is_at_its_repeat_and_fold() -> None:
    # fold f of repeat 0 tests cases f and f + 3; repeat 1 swaps the folds 1 and 2
    expected = [[0.5, 0.6, 0.7], [0.7, 0.9, 0.8]]
    found = scored(predictions())
    assert found.values == pytest.approx(np.array(expected))
    assert (found.method, found.metric, found.thresholds) == ("m", "gap", None)


def test_a_fold_with_one_class_is_refused_by_name() -> None:
    truth = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    with pytest.raises(UserError, match=r"one class .*repeat 1, fold 2.*2 cases, all 0"):
        scored(predictions(), truth)


def test_a_missing_prediction_is_refused_by_name() -> None:
    predicted = predictions()
    predicted[1, 5] = math.nan
    with pytest.raises(UserError, match=r"lacks predictions .*repeat 2, fold 2.*1 of 2 missing"):
        scored(predicted)


def test_summary_is_the_mean_with_the_corrected_interval() -> None:
    values = scored(predictions()).values
    estimate = summarize(values, PROTOCOL, (-math.inf, math.inf))
    # n2/n1 = 1/2, J = 6, t(.975; 5) = 2.5706
    half = 2.570581835636314 * values.std(ddof=1) * math.sqrt(1 / 6 + 1 / 2)
    assert estimate.value == pytest.approx(values.mean())
    assert (estimate.low, estimate.high) == pytest.approx(
        (values.mean() - half, values.mean() + half)
    )
    assert spread(values) == pytest.approx(values.std(ddof=1))


def test_an_interval_ends_at_the_bounds_of_the_metric() -> None:
    estimate = summarize(np.array([[0.99, 0.8, 1.0]]), PROTOCOL, (0.0, 1.0))
    assert (estimate.high, estimate.low < 0.8) == (1.0, True)


def test_folds_that_do_not_define_a_metric_do_not_count() -> None:
    values = np.array([[0.2, math.nan, 0.4], [math.nan, 0.3, 0.5]])
    there = np.array([0.2, 0.4, 0.3, 0.5])
    assert summarize(values, PROTOCOL, (0, 1)) == summarize(there, PROTOCOL, (0, 1))
    assert spread(values) == spread(there)
    one = np.array([[0.2, math.nan]])
    assert math.isnan(summarize(one, PROTOCOL, (0, 1)).value)
    assert math.isnan(spread(one))


class AtLeast(Gap):
    """The share of cases that reach a threshold, which is the validation predictions' mean."""

    def threshold(self, truth: np.ndarray, predicted: np.ndarray) -> float:
        assert len(truth) == len(predicted)
        return float(predicted.mean() + truth.mean())

    def __call__(self, truth: np.ndarray, predicted: np.ndarray, threshold: float = 0.5) -> float:
        return float((predicted >= threshold).mean())


def test_a_threshold_comes_from_the_validation_predictions_of_its_own_unit() -> None:
    validation = [
        (repeat, fold, np.full(4, 0.1 * repeat + 0.01 * fold))
        for repeat in range(2)
        for fold in range(3)
    ]
    outcome = score(
        METHOD,
        label(
            predictions(),
            validation=[(r, f, p + np.array([0, 0, 1, 1])) for r, f, p in validation],
        ),
        protocol=replace(PROTOCOL, primary=("gap",)),
        metrics={"share": AtLeast(), "gap": Gap()},
        units_done=6,
        cost=Cost(),
    )
    # two of the four training cases of each fold are positive, and half of them score one more
    expected = np.array([[1.0, 1.01, 1.02], [1.1, 1.11, 1.12]])
    assert outcome.scores["share"].thresholds == pytest.approx(expected)
    assert outcome.scores["share"].values == pytest.approx(np.array([[0, 0, 0], [0, 0, 0]]))
    # the training cases stand in the order of the plan: negatives first
    assert outcome.inner == pytest.approx(np.ones((2, 3)))


@pytest.mark.parametrize("done", [0, 5])
def test_an_unfinished_method_has_no_scores(done: int) -> None:
    predicted = np.full((2, 6), math.nan)
    outcome = score(
        METHOD,
        label(predicted),
        protocol=PROTOCOL,
        metrics={"gap": Gap()},
        units_done=done,
        cost=Cost(seconds=2.0),
    )
    assert not outcome.complete
    assert (outcome.scores, outcome.summary, outcome.spread) == ({}, {}, {})


def test_a_finished_method_has_every_metric() -> None:
    outcome = score(
        METHOD,
        label(predictions()),
        protocol=PROTOCOL,
        metrics={"gap": Gap(), "again": Gap()},
        units_done=6,
        cost=Cost(seconds=2.0),
    )
    assert outcome.complete
    assert set(outcome.scores) == set(outcome.summary) == set(outcome.spread) == {"gap", "again"}
    assert outcome.scores["gap"].method == METHOD.fingerprint


class Sure(Gap):
    """A metric of probabilities."""

    needs_probabilities = True


@pytest.mark.parametrize(
    ("scale", "scored"), [("probability", ["gap", "sure"]), ("rating", ["gap"]), ("call", [])]
)
def test_ratings_have_no_metric_of_probabilities_and_calls_no_score(
    scale: PredictionScale, scored: list[str]
) -> None:
    result = score(
        replace(METHOD, scale=scale),
        label((predictions() > 0.5).astype(float)),
        protocol=replace(PROTOCOL, primary=("gap",)),
        metrics={"gap": Gap(), "sure": Sure()},
        units_done=6,
        cost=Cost(),
    )
    assert result.complete
    assert [n for n, s in result.scores.items() if not np.isnan(s.values).any()] == scored


def test_a_method_that_lacks_cases_has_no_scores() -> None:
    lacking = predictions()
    lacking[:, 0] = np.nan
    result = score(
        replace(METHOD, partial=True),
        label(lacking),
        protocol=PROTOCOL,
        metrics={"gap": Gap()},
        units_done=6,
        cost=Cost(),
    )
    assert result.complete
    assert (result.scores, result.summary) == ({}, {})
    np.testing.assert_array_equal(result.predicted, lacking)
