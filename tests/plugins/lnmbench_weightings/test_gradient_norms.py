"""GradNorm, against automatic differentiation of its loss."""

from __future__ import annotations

import math

import pytest
import torch
from lnmbench_weightings.gradient_norms import GradientNorms

from lnmbench import UserError
from lnmbench.records import WeightingStep


def test_weights_move_down_the_gradient_of_the_published_loss() -> None:
    weighting = GradientNorms(alpha=1.5, rate=0.1)
    state = torch.tensor([list(weighting.initial_state(["a", "b", "c"]))])
    generator = torch.Generator().manual_seed(2)
    weights, first = torch.ones(3), torch.zeros(0)
    for _ in range(4):
        losses = torch.rand(3, generator=generator) + 0.1
        gradients = torch.randn(3, 5, generator=generator)
        step = WeightingStep(
            losses=losses[None],
            gramians=(gradients @ gradients.T)[None],
            uniforms=torch.zeros(1, 3, 3),
            epoch=1,
            max_epochs=2,
        )
        used, state = weighting.weigh(step, state)
        torch.testing.assert_close(used[0], weights)
        first = losses if not len(first) else first
        learned = weights.clone().requires_grad_()
        norms = learned * gradients.norm(dim=1)
        rates = losses / first / (losses / first).mean()
        wanted = (norms.mean() * rates**1.5).detach()
        (gradient,) = torch.autograd.grad((norms - wanted).abs().sum(), learned)
        weights = (weights - 0.1 * gradient).clamp(min=1e-3)
        weights = weights * 3 / weights.sum()
    torch.testing.assert_close(state[0, :3], weights)
    assert float((weights - 1).abs().max()) > 0.1


@pytest.mark.parametrize("values", [{"alpha": -1.0}, {"rate": 0.0}, {"rate": math.nan}])
def test_parameters_are_in_their_ranges(values: dict[str, float]) -> None:
    with pytest.raises(UserError, match="wrong value for"):
        GradientNorms(**values)
