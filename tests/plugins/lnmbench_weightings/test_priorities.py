"""Priority-constrained descent, against torchjd."""

from __future__ import annotations

import pytest
import torch
from lnmbench_weightings.priorities import PriorityConstraints
from torchjd.aggregation import PCDWeighting

from lnmbench import UserError
from lnmbench.records import WeightingStep


@pytest.mark.parametrize("tasks", [2, 4])
def test_weights_are_those_of_torchjd_step_by_step(tasks: int) -> None:
    generator = torch.Generator().manual_seed(tasks)
    weighting = PriorityConstraints(tau=0.3)
    references = [PCDWeighting(tau=0.3) for _ in range(10)]
    state = torch.tensor([list(weighting.initial_state(["a"] * tasks))] * 10)
    for scale in (1.0, 3.0, 0.1):
        gradients = scale * torch.randn(10, tasks, 6, generator=generator)
        gradients[:5, 1:] -= 0.8 * gradients[:5, :1]
        gramians = gradients @ gradients.mT
        step = WeightingStep(
            losses=torch.ones(10, tasks),
            gramians=gramians,
            uniforms=torch.zeros(10, tasks, tasks),
            epoch=1,
            max_epochs=2,
        )
        weights, state = weighting.weigh(step, state)
        expected = torch.stack([r(g) for r, g in zip(references, gramians, strict=True)])
        torch.testing.assert_close(weights, expected, rtol=1e-4, atol=1e-5)


def test_contradicting_tasks_leave_the_gradient_of_the_target() -> None:
    gradients = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]])
    weighting = PriorityConstraints(tau=0.5)
    step = WeightingStep(
        losses=torch.ones(1, 3),
        gramians=gradients @ gradients.mT,
        uniforms=torch.zeros(1, 3, 3),
        epoch=1,
        max_epochs=2,
    )
    weights, _ = weighting.weigh(step, torch.zeros(1, 4))
    torch.testing.assert_close(weights, torch.tensor([[1.0, 0.0, 0.0]]))


def test_tau_is_from_0_to_1() -> None:
    with pytest.raises(UserError, match="wrong value for tau"):
        PriorityConstraints(tau=1.5)
