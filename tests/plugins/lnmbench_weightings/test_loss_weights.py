"""Weightings by losses alone, against their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from lnmbench_weightings.loss_weights import (
    DynamicWeightAverage,
    EqualWeights,
    RandomWeights,
    UncertaintyWeights,
)
from torch import Tensor

from lnmbench import UserError
from lnmbench.records import WeightingStep


def make_step(losses: Tensor, epoch: int = 1, uniforms: Tensor | None = None) -> WeightingStep:
    models, tasks = losses.shape
    return WeightingStep(
        losses=losses,
        gramians=None,
        uniforms=torch.zeros(models, tasks, tasks) if uniforms is None else uniforms,
        epoch=epoch,
        max_epochs=9,
    )


def test_equal_weights_add_the_losses() -> None:
    losses = torch.tensor([[1.0, 2.0, 4.0]])
    assert EqualWeights().combine(losses, torch.empty(1, 0)).tolist() == [7.0]


def test_learned_variances_settle_where_the_losses_say() -> None:
    """The minimum over s of exp(−s) · loss + s / 2 is at s = log(2 · loss)."""
    losses = torch.tensor([[0.5, 2.0]])
    scalars = torch.tensor([UncertaintyWeights().initial_scalars(["a", "b"])], requires_grad=True)
    optimizer = torch.optim.LBFGS([scalars], max_iter=50)

    def closure() -> Tensor:
        optimizer.zero_grad()
        total = UncertaintyWeights().combine(losses, scalars).sum()
        total.backward()
        return total

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    torch.testing.assert_close(scalars.detach(), (2 * losses).log(), atol=1e-4, rtol=1e-4)


def test_random_weights_are_the_softmax_of_normal_numbers() -> None:
    uniforms = torch.rand(20_000, 3, 3, generator=torch.Generator().manual_seed(0))
    weights, _ = RandomWeights().weigh(
        make_step(torch.ones(20_000, 3), uniforms=uniforms), torch.empty(20_000, 0)
    )
    normal = np.random.default_rng(0).normal(size=(200_000, 3))
    expected = 3 * np.exp(normal) / np.exp(normal).sum(1, keepdims=True)
    assert weights.mean(0).tolist() == pytest.approx([1, 1, 1], abs=0.02)
    assert weights.std(0).tolist() == pytest.approx(expected.std(0).tolist(), abs=0.02)


def test_the_dynamic_average_follows_the_rates_of_the_epochs() -> None:
    """Means over epochs: (4, 4), (2, 4), (1, 2): rates (.5, 1) in epoch 3, (.5, .5) in epoch 4."""
    weighting = DynamicWeightAverage(temperature=2.0)
    state = torch.tensor([list(weighting.initial_state(["a", "b"]))])
    epochs = [[(3.0, 5.0), (5.0, 3.0)], [(2.0, 4.0)], [(1.0, 2.0), (1.0, 2.0)], [(9.0, 9.0)]]
    seen = []
    for epoch, losses in enumerate(epochs, start=1):
        for pair in losses:
            weights, state = weighting.weigh(make_step(torch.tensor([pair]), epoch), state)
        seen.append(weights[0].tolist())
    a, b = math.exp(0.5 / 2), math.exp(1.0 / 2)
    assert seen[0] == seen[1] == [1.0, 1.0]
    assert seen[2] == pytest.approx([2 * a / (a + b), 2 * b / (a + b)], abs=1e-6)
    assert seen[3] == pytest.approx([1.0, 1.0], abs=1e-6)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.inf, math.nan])
def test_the_temperature_is_positive(temperature: float) -> None:
    with pytest.raises(UserError, match="wrong value for temperature"):
        DynamicWeightAverage(temperature=temperature)
