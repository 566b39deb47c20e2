"""Scores of targets with several outcomes, against scikit-learn and SciPy."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import somersd
from sklearn.metrics import average_precision_score, cohen_kappa_score, roc_auc_score

from lnmbench.contracts import Metric
from lnmbench.records import (
    BaselineMethod,
    Choice,
    Cost,
    MethodResult,
    Outcomes,
    Plan,
    Protocol,
    mark_positive,
)
from lnmbench.registry import Registry
from lnmbench.stages.target_score import score_target

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
REGISTRY = Registry()
N, REPEATS, FOLDS = 120, 2, 3
OUTER = np.stack([np.arange(N) // shift % FOLDS for shift in (1, 3)]).astype(np.int16)


def build(*names: str) -> dict[str, Metric]:
    return {name: REGISTRY.metrics.build(Choice(name=name)) for name in names}


def score(
    plan: Plan,
    kind: Literal["multilabel", "ordinal"],
    values: NDArray[np.float64],
    predicted: NDArray[np.float64],
    primary: str,
    *metrics: str,
) -> MethodResult:
    names = tuple(f"outcome {number}" for number in range(values.shape[1]))
    plan = replace(
        plan,
        truth=mark_positive(values),
        outcomes=Outcomes(kind=kind, names=names, values=values),
        splits=replace(plan.splits, outer=OUTER),
        protocol=Protocol(repeats=REPEATS, folds=FOLDS, primary=(primary,)),
    )
    validation = [
        (repeat, fold, predicted[repeat][OUTER[repeat] != fold])
        for repeat, fold in np.ndindex(REPEATS, FOLDS)
    ]
    return score_target(
        METHOD,
        predicted,
        validation,
        plan,
        metrics=build(primary, *metrics),
        outcome_metrics=build("auc", "ap", "specificity"),
        units_done=REPEATS * FOLDS,
        cost=Cost(),
    )


def test_several_labels_are_scored_where_they_are_known(plan: Plan) -> None:
    random = np.random.default_rng(0)
    values = (random.random((N, 3)) < [0.5, 0.3, 0.02]).astype(float)
    values[random.random((N, 3)) < 0.2] = np.nan
    values[0] = np.nan, np.nan, 0
    predicted = random.random((REPEATS, N, 3))
    result = score(plan, "multilabel", values, predicted, "macro_auc", "macro_ap")
    assert result.predicted is None
    for repeat, fold in np.ndindex(REPEATS, FOLDS):
        tested = OUTER[repeat] == fold
        areas, precisions = [], []
        for outcome in range(3):
            cases = tested & ~np.isnan(values[:, outcome])
            y, p = values[cases, outcome], predicted[repeat, cases, outcome]
            of_outcome = result.by_outcome[f"outcome {outcome}"].scores["auc"].values[repeat, fold]
            if len(set(y)) < 2:
                assert math.isnan(of_outcome)
                continue
            areas.append(roc_auc_score(y, p))
            precisions.append(average_precision_score(y, p))
            assert of_outcome == pytest.approx(areas[-1])
        assert result.scores["macro_auc"].values[repeat, fold] == pytest.approx(np.mean(areas))
        assert result.scores["macro_ap"].values[repeat, fold] == pytest.approx(np.mean(precisions))
    rare = result.by_outcome["outcome 2"]
    assert np.isnan(rare.scores["auc"].values).any()
    assert rare.predicted is not None
    assert rare.predicted.shape == (REPEATS, (~np.isnan(values[:, 2])).sum())
    assert result.inner is not None


def test_ordered_classes_are_scored_by_their_cut_points(plan: Plan) -> None:
    random = np.random.default_rng(1)
    classes = random.choice(4, N, p=[0.5, 0.2, 0.2, 0.1])
    values = (classes[:, None] >= [1, 2, 3]).astype(float)
    values[5, 1:] = np.nan  # N+: only the first cut point is known
    noise = random.normal(size=(REPEATS, N, 1)) + classes[:, None] - [0.5, 1.5, 2.5]
    predicted = 1 / (1 + np.exp(-noise))
    result = score(plan, "ordinal", values, predicted, "c_index", "kappa")
    expected = predicted.sum(axis=2)
    below = 1 - np.concatenate([predicted, np.zeros((REPEATS, N, 1))], axis=2)
    probabilities = np.diff(below, axis=2, prepend=0)
    for repeat, fold in np.ndindex(REPEATS, FOLDS):
        cases = np.flatnonzero((OUTER[repeat] == fold) & (np.arange(N) != 5))
        y = classes[cases]
        c_index = (somersd(y, expected[repeat, cases]).statistic + 1) / 2
        assert result.scores["c_index"].values[repeat, fold] == pytest.approx(c_index)
        most = probabilities[repeat, cases].argmax(axis=1)
        kappa = cohen_kappa_score(y, most, weights="quadratic")
        assert result.scores["kappa"].values[repeat, fold] == pytest.approx(kappa)
        area = roc_auc_score(y >= 2, predicted[repeat, cases, 1])
        of_cut = result.by_outcome["outcome 1"].scores["auc"].values[repeat, fold]
        assert of_cut == pytest.approx(area)
    assert result.by_outcome["outcome 0"].scores["specificity"].thresholds is not None


def test_methods_without_results_have_no_scores(plan: Plan) -> None:
    values = np.tile([[1.0, 0.0], [0.0, np.nan]], (15, 1))
    outcomes = Outcomes(kind="multilabel", names=("a", "b"), values=values)
    result = score_target(
        METHOD,
        np.full((2, 30, 1), np.nan),
        [],
        replace(plan, truth=mark_positive(values), outcomes=outcomes),
        metrics=build("macro_auc"),
        outcome_metrics=build("auc"),
        units_done=0,
        cost=Cost(),
    )
    assert not result.scores
    assert not result.by_outcome
    assert result.outcome_predictions is not None
    assert result.outcome_predictions.shape == (2, 30, 2)
