"""FAMO, against a plain implementation with torch's Adam."""

from __future__ import annotations

import math

import pytest
import torch
from lnmbench_weightings.fast_adaptive import FastAdaptiveWeights

from lnmbench import UserError
from lnmbench.records import WeightingStep


def test_logits_move_as_in_a_plain_implementation() -> None:
    weighting = FastAdaptiveWeights(rate=0.1, decay=0.01)
    state = torch.tensor([list(weighting.initial_state(["a", "b", "c"]))])
    logits = torch.zeros(3, requires_grad=True)
    adam = torch.optim.Adam([logits], lr=0.1, weight_decay=0.01)
    generator = torch.Generator().manual_seed(5)
    for _ in range(6):
        before, after = torch.rand(2, 3, generator=generator) + 0.1
        parameters = torch.ones(3, requires_grad=True)
        losses = before * parameters
        shares = logits.softmax(0).detach()
        scale = 1.0 / (shares / before).sum()
        (expected,) = torch.autograd.grad(scale * (shares * losses.log()).sum(), parameters)
        step = WeightingStep(
            losses=before[None],
            gramians=None,
            uniforms=torch.zeros(1, 3, 3),
            epoch=1,
            max_epochs=2,
        )
        weights, state = weighting.weigh(step, state)
        torch.testing.assert_close(weights[0] * before, expected)
        state = weighting.observe(before[None], after[None], state)
        adam.zero_grad()
        logits.softmax(0).backward(before.log() - after.log())
        adam.step()
        torch.testing.assert_close(state[0, :3], logits.detach())


@pytest.mark.parametrize("values", [{"rate": 0.0}, {"decay": -1.0}, {"decay": math.inf}])
def test_parameters_are_in_their_ranges(values: dict[str, float]) -> None:
    with pytest.raises(UserError, match="wrong value for"):
        FastAdaptiveWeights(**values)
