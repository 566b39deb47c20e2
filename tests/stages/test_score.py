"""score: fold scores and their summary."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import Choice, Cost, Method, Protocol, Training
from lnmbench.stages.report import distinct
from lnmbench.stages.score import fold_scores, score, spread, summarise

PROTOCOL = Protocol(repeats=2, folds=3)
OUTER = np.array([[0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 2, 1]], dtype=np.int16)
TRUTH = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
METHOD = Method(label="logistic", kind="baseline", baseline=Choice(name="logistic"))


class Gap:
    """Mean score of the positives less that of the negatives."""

    title = "gap"
    primary = True
    greater_is_better = True

    def __call__(self, truth: np.ndarray, predicted: np.ndarray) -> float:
        return float(predicted[truth == 1].mean() - predicted[truth == 0].mean())


def scored(predicted: np.ndarray, truth: np.ndarray = TRUTH, outer: np.ndarray = OUTER):  # type: ignore[no-untyped-def]
    return fold_scores(predicted, truth, outer, metric=Gap(), name="gap", method="m", task="n2")


def predictions() -> np.ndarray:
    return np.array([[0.1, 0.2, 0.3, 0.6, 0.8, 1.0], [0.0, 0.0, 0.0, 0.7, 0.8, 0.9]])


def test_each_value_stands_at_its_repeat_and_fold() -> None:
    # fold f of repeat 0 tests cases f and f + 3; repeat 1 swaps the folds 1 and 2
    expected = [[0.5, 0.6, 0.7], [0.7, 0.9, 0.8]]
    found = scored(predictions())
    assert found.values == pytest.approx(np.array(expected))
    assert (found.method, found.task, found.metric) == ("m", "n2", "gap")


def test_cases_without_a_label_are_left_out() -> None:
    truth = np.concatenate([TRUTH, [math.nan]])
    outer = np.concatenate([OUTER, [[0], [0]]], axis=1)
    predicted = np.concatenate([predictions(), [[math.nan], [0.9]]], axis=1)
    assert scored(predicted, truth, outer).values == pytest.approx(scored(predictions()).values)


def test_a_fold_with_one_class_is_refused_by_name() -> None:
    truth = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    with pytest.raises(UserError, match=r"one class .*repeat 1, fold 2.*2 cases, all 0"):
        scored(predictions(), truth)


def test_a_missing_prediction_is_refused_by_name() -> None:
    predicted = predictions()
    predicted[1, 5] = math.nan
    with pytest.raises(UserError, match=r"lacks predictions .*repeat 2, fold 2.*1 of 2 missing"):
        scored(predicted)


def test_a_metric_without_a_number_is_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"metric bad gives no number .*got nan"):
        fold_scores(
            predictions(),
            TRUTH,
            OUTER,
            metric=type("Bad", (Gap,), {"__call__": lambda *_: math.nan})(),
            name="bad",
            method="m",
            task="n2",
        )


def test_summary_is_the_mean_with_the_corrected_interval() -> None:
    values = scored(predictions()).values
    estimate = summarise(values, PROTOCOL)
    # n2/n1 = 1/2, J = 6, t(.975; 5) = 2.5706
    half = 2.570581835636314 * values.std(ddof=1) * math.sqrt(1 / 6 + 1 / 2)
    assert estimate.value == pytest.approx(values.mean())
    assert (estimate.low, estimate.high) == pytest.approx(
        (values.mean() - half, values.mean() + half)
    )
    assert spread(values) == pytest.approx(values.std(ddof=1))


@pytest.mark.parametrize("done", [0, 5])
def test_an_unfinished_method_has_no_scores(done: int) -> None:
    predicted = np.full((2, 6), math.nan)
    outcome = score(
        METHOD,
        predicted,
        TRUTH,
        OUTER,
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
        predictions(),
        TRUTH,
        OUTER,
        protocol=PROTOCOL,
        metrics={"gap": Gap(), "again": Gap()},
        units_done=6,
        cost=Cost(seconds=2.0),
    )
    assert outcome.complete
    assert set(outcome.scores) == set(outcome.summary) == set(outcome.spread) == {"gap", "again"}
    assert outcome.scores["gap"].method == METHOD.fingerprint


def test_methods_of_one_label_name_what_they_differ_in() -> None:
    narrow, wide = Training(token_dim=32), Training(token_dim=None)
    methods = [
        Method(label="net", kind="network", training=narrow),
        Method(label="net", kind="network", training=wide),
        Method(label="other", kind="network", training=wide),
    ]
    assert [m.label for m in distinct(methods)] == [
        "net [token_dim=32]",
        "net [token_dim=none]",
        "other",
    ]
    twins = [Method(label="net", kind="network", training=wide, plugins={"p": v}) for v in "12"]
    assert [m.label for m in distinct(twins)] == [f"net [{m.fingerprint[:6]}]" for m in twins]
