"""Weightings that depend on the epoch."""

from __future__ import annotations

import math

import pytest
import torch
from lnmbench_weightings.schedules import PretrainedTasks, ScheduledWeights

from lnmbench import UserError
from lnmbench.contracts import StepWeights
from lnmbench.records import WeightingStep


def weights_by_epoch(weighting: StepWeights, epochs: int) -> list[list[float]]:
    weights = []
    for epoch in range(1, epochs + 1):
        step = WeightingStep(
            losses=torch.ones(1, 3),
            gramians=None,
            uniforms=torch.zeros(1, 3, 3),
            epoch=epoch,
            max_epochs=epochs,
        )
        weights.append(weighting.weigh(step, torch.empty(1, 0))[0][0].tolist())
    return weights


def test_the_weight_of_auxiliary_losses_moves_from_first_to_last() -> None:
    linear = weights_by_epoch(ScheduledWeights(first=1.0, last=0.2), 5)
    assert [w[0] for w in linear] == [1.0] * 5
    assert [w[1] for w in linear] == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2])
    assert [w[1] for w in linear] == [w[2] for w in linear]
    cosine = weights_by_epoch(ScheduledWeights(shape="cosine"), 5)
    expected = [0.5 + 0.5 * math.cos(math.pi * i / 4) for i in range(5)]
    assert [w[1] for w in cosine] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("share", "epochs", "first"), [(0.3, 10, 3), (0.01, 10, 1), (0.99, 10, 9), (0.5, 2, 1)]
)
def test_tasks_train_first_and_the_target_last(share: float, epochs: int, first: int) -> None:
    weights = weights_by_epoch(PretrainedTasks(share=share), epochs)
    assert weights == [[0.0, 1.0, 1.0]] * first + [[1.0, 0.0, 0.0]] * (epochs - first)


def test_a_training_of_one_epoch_trains_the_target() -> None:
    assert weights_by_epoch(PretrainedTasks(), 1) == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize("share", [0.0, 1.0, math.nan])
def test_the_share_is_above_0_and_below_1(share: float) -> None:
    with pytest.raises(UserError, match="wrong value for share"):
        PretrainedTasks(share=share)


@pytest.mark.parametrize("values", [{"first": -1.0}, {"last": math.inf}])
def test_scheduled_weights_are_not_negative(values: dict[str, float]) -> None:
    with pytest.raises(UserError, match="wrong value for"):
        ScheduledWeights(**values)
