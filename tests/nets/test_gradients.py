"""Gradients of a stack's losses: the part of cases without images."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from lnmbench.nets.gradients import compute_gradients, write_gradients
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.stacked.active_fits import StackState
from lnmbench.nets.stacked.dropout import StepDropout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training


MISSING = (1, 5, 6, 17, 30)
POOLINGS = ("mean", "max", "attention", "gated_attention", "transformer")


@pytest.mark.parametrize("pooling", POOLINGS)
def test_cases_without_images_have_no_part_in_the_gradients_of_images(
    pooling: str,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    start_objective: Callable[..., tuple[StackedObjective, StackState]],
) -> None:
    if pooling == "transformer" and not settings.layers:
        pytest.skip("the class token is one of the transformer layers")
    settings = replace(settings, pooling=pooling)
    fits, inputs = make_fits([0]), make_inputs(missing=MISSING)
    objective, state = start_objective(inputs, fits, settings, sum_losses())

    def step(cases: list[int]) -> dict[str, Tensor]:
        """Gradients of the sums of all losses, by parameter."""
        (batch,) = objective.model.make_batches([[torch.tensor(cases)]])
        tokens = objective.model.embed(state, batch, training=True)
        counts = [len(cases), int((~torch.isnan(inputs.aux[0].targets[cases])).sum())]
        _, losses = objective.losses(state, batch, tokens, StepDropout())
        total = (losses * torch.tensor(counts)).sum()
        gradients = compute_gradients(objective.model, state, tokens, total)
        buffers = {name: torch.full_like(v, 9.0) for name, v in state.values.items()}
        stepped = StackState(
            fits=state.fits, values=state.values, device=state.device, gradients=buffers
        )
        write_gradients(objective.model, stepped, batch, gradients)
        return buffers

    with_images = [case for case in range(12) if case not in MISSING]
    alone, together = step(with_images), step([*with_images, *MISSING])
    without = step(list(MISSING))
    for name, gradient in alone.items():
        if name.startswith(("target.", "weighting.")):
            assert not torch.allclose(together[name], gradient)
        else:
            torch.testing.assert_close(together[name], gradient, rtol=1e-5, atol=1e-5)
            assert not without[name].any()
    assert any(gradient.any() for name, gradient in alone.items() if "target" not in name)
