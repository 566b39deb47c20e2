"""Scores of permuted inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lnmbench.records import Choice, Outcomes, PermutedPredictions, Plan, mark_positive
from lnmbench.registry import Registry
from lnmbench.stages.importance_score import score_importance
from lnmbench.stats.resampled import corrected_interval

AUC = Registry().metrics.build(Choice(name="auc"))
BRIER = Registry().metrics.build(Choice(name="brier"))


def test_the_loss_is_that_of_the_mean_over_permutations_in_each_fold(plan: Plan) -> None:
    random = np.random.default_rng(0)
    predicted = random.random((2, 30, 1))
    permuted = []
    expected = np.empty((2, 3))
    for repeat, fold in plan.splits.units():
        tested = plan.splits.outer[repeat] == fold
        values = random.random((4, int(tested.sum()), 1))
        permuted.append(
            (repeat, fold, PermutedPredictions(kind="feature", name="age", values=values))
        )
        truth = plan.truth[tested]
        unchanged = roc_auc_score(truth, predicted[repeat, tested, 0])
        losses = [unchanged - roc_auc_score(truth, p[:, 0]) for p in values]
        expected[repeat, fold] = np.mean(losses)
    # an input that one unit lacks has no mean
    half = PermutedPredictions(kind="modality", name="pet", values=permuted[0][2].values)
    (age,) = score_importance([*permuted, (0, 0, half)], predicted, plan, metric=AUC, name="auc")
    np.testing.assert_allclose(age.losses, expected)
    interval = corrected_interval(expected, test_train_ratio=0.5)
    assert (age.kind, age.name, age.metric) == ("feature", "age", "auc")
    assert age.loss.value == pytest.approx(expected.mean())
    assert (age.loss.low, age.loss.high) == pytest.approx((interval.low, interval.high))


def test_a_loss_is_positive_if_the_metric_gets_worse(plan: Plan) -> None:
    predicted = np.broadcast_to(plan.truth[:, None] * 0.8 + 0.1, (2, 30, 1))
    permuted = [
        (
            repeat,
            fold,
            PermutedPredictions(
                kind="feature",
                name="age",
                values=np.full((1, int((plan.splits.outer[repeat] == fold).sum()), 1), 0.5),
            ),
        )
        for repeat, fold in plan.splits.units()
    ]
    (age,) = score_importance(permuted, predicted, plan, metric=BRIER, name="brier")
    np.testing.assert_allclose(age.losses, 0.25 - 0.01)


def test_cases_without_a_known_outcome_do_not_count(plan: Plan) -> None:
    labels = np.column_stack([plan.truth, np.arange(30) % 2]).astype(float)
    labels[::6] = np.nan
    outcomes = Outcomes(kind="multilabel", names=("a", "b"), values=labels)
    several = replace(plan, truth=mark_positive(labels), outcomes=outcomes)
    macro = Registry().metrics.build(Choice(name="macro_auc"))
    predicted = np.random.default_rng(1).random((2, 30, 2))
    permuted = [
        (
            repeat,
            fold,
            PermutedPredictions(
                kind="feature",
                name="age",
                values=predicted[repeat, plan.splits.outer[repeat] == fold][None],
            ),
        )
        for repeat, fold in plan.splits.units()
    ]
    (age,) = score_importance(permuted, predicted, several, metric=macro, name="macro_auc")
    np.testing.assert_allclose(age.losses, 0.0)
