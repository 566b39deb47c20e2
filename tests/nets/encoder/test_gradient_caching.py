"""Gradients do not depend on the memory limit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.gradients import compute_gradients, write_gradients
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.stacked.active_fits import initialize_fits
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.stacked.parameters import ParameterLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training

CPU = torch.device("cpu")


def take_step(objective: StackedObjective, settings: Training) -> dict[str, Tensor]:
    """The gradients of one step, and the parameters after it, statistics among them."""
    layout = ParameterLayout(objective.model.network.parameters())
    state = initialize_fits(layout, objective.model.fits, settings, CPU).state
    cases = [cases[:6] for cases in objective.training_cases]
    (batch,) = objective.model.make_batches([cases])
    tokens = objective.model.embed(state, batch, training=True)
    _, losses = objective.losses(state, batch, tokens, StepDropout())
    write_gradients(
        objective.model,
        state,
        batch,
        compute_gradients(objective.model, state, tokens, losses.sum()),
    )
    gradients = {f"d {name}": gradient.clone() for name, gradient in state.gradients.items()}
    values = {name: value.detach().clone() for name, value in state.values.items()}
    return {**gradients, **values}


@pytest.mark.parametrize("batch_norm", ["frozen", "batch"])
def test_little_memory_changes_no_number(
    batch_norm: str,
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
    target_alone: Callable[[], Weighting],
) -> None:
    inputs, fits = make_inputs(make_stages()), make_fits(range(2))
    settings = replace(settings, batch_norm=batch_norm)
    ample = load_device_data(inputs, CPU)
    at_once = StackedObjective(inputs, fits, settings, target_alone(), ample)
    monkeypatch.setattr(
        "lnmbench.nets.encoder.gradient_caching._CALL_BYTES_ON_CPU", 0
    )  # a slice a call
    little = None if batch_norm == "batch" else 0
    scarce = load_device_data(inputs, CPU, little)
    in_calls = StackedObjective(inputs, fits, settings, target_alone(), scarce)
    a, b = (take_step(objective, settings) for objective in (at_once, in_calls))
    for name, values in a.items():
        torch.testing.assert_close(b[name], values, rtol=1e-4, atol=1e-6)
