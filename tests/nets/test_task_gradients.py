"""Gradients of several tasks, combined by weightings that change from step to step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor

from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.parallel import train
from lnmbench.nets.stacked.active_fits import initialize_fits
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.nets.task_gradients import TaskGradients
from lnmbench.records import Choice, WeightingStep
from lnmbench.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fit_results import FitResults
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training

ADAPTIVE = (
    *("dwa", "rlw", "famo", "gradnorm", "pcgrad", "cagrad", "imtl", "upgrad", "gcs"),
    *("pcgrad_primary", "pcd", "schedule", "pretrain"),
)


class Recorder:
    """Fixed weights of losses or gradients that keep the steps they get."""

    def __init__(self, weights: Sequence[float], *, needs_gradients: bool) -> None:
        self.needs_gradients, self.steps = needs_gradients, list[WeightingStep]()
        self._weights = weights

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        return ()

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        return losses.sum(1)

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        return [0.0]

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        self.steps.append(step)
        return torch.tensor(self._weights).expand_as(step.losses).clone(), state + 1


def without_loss_weights(fits: Fits) -> Fits:
    return replace(fits, loss_weights=None)


@pytest.mark.parametrize("needs_gradients", [False, True], ids=["losses", "gradients"])
def test_weights_of_1_are_the_sum_of_the_losses(
    needs_gradients: bool,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    fits, recorder = make_fits(range(3)), Recorder([1.0, 1.0], needs_gradients=needs_gradients)
    weighted = train(make_inputs(), fits, settings, recorder, threads=1)
    added = train(make_inputs(), fits, settings, sum_losses(), threads=1)
    for task, values in added.probabilities.items():
        np.testing.assert_allclose(weighted.probabilities[task], values, atol=1e-4)


def test_the_weight_of_an_auxiliary_loss_acts_as_a_fixed_one(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    fits, recorder = make_fits(range(3)), Recorder([1.0, 0.2], needs_gradients=False)
    weighted = train(make_inputs(), fits, settings, recorder, threads=1)
    fixed = train(make_inputs(), fits, settings, sum_losses(aux=0.2), threads=1)
    np.testing.assert_allclose(weighted.probabilities["n2"], fixed.probabilities["n2"], atol=1e-4)


def test_gradients_and_their_inner_products_are_those_of_each_fit(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
) -> None:
    """Against automatic differentiation of one fit's losses at a time."""
    weights = [0.5, 2.0]
    recorder = Recorder(weights, needs_gradients=True)
    inputs, fits = make_inputs(), without_loss_weights(make_fits(range(3)))
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, recorder, data)
    layout = ParameterLayout(objective.model.network.parameters())
    state = initialize_fits(layout, fits, settings, torch.device("cpu")).state
    objective.model.initialize({name: value.detach() for name, value in state.values.items()})
    for name, value in state.values.items():
        if name.startswith(("target.", "aux.")):  # heads start at zero
            value.data.normal_(generator=torch.Generator().manual_seed(len(name)))
    (batch,) = objective.model.make_batches([[cases[:9] for cases in objective.training_cases]])

    def losses_of() -> tuple[Tensor | None, Tensor]:
        tokens = objective.model.embed(state, batch, training=True)
        return tokens, objective.losses(state, batch, tokens, StepDropout())[1]

    tokens, losses = losses_of()
    TaskGradients(objective, 9).backward(state, batch, tokens, losses, step=1 << 32)
    (step,) = recorder.steps
    assert step.gramians is not None
    tokens, losses = losses_of()
    trains_tokens = tokens is not None and tokens.requires_grad
    shared = [n for n in state.values if n.startswith(("encoder.", "fc."))]
    sources = [state.values[name] for name in shared] + ([tokens] if trains_tokens else [])
    for k in range(3):
        by_task = [
            torch.autograd.grad(losses[k, task], sources, retain_graph=True) for task in (0, 1)
        ]
        flat = torch.stack([torch.cat([g[k].flatten() for g in grads]) for grads in by_task])
        torch.testing.assert_close(step.gramians[k], flat @ flat.T, rtol=1e-4, atol=1e-7)
        for i, name in enumerate(shared):
            expected = sum(w * grads[i][k] for w, grads in zip(weights, by_task, strict=True))
            torch.testing.assert_close(state.gradients[name][k], expected)
        for task, head in enumerate(("target.weight", "aux.classes.weight")):
            (expected,) = torch.autograd.grad(
                losses[k, task], [state.values[head]], retain_graph=True
            )
            torch.testing.assert_close(state.gradients[head][k], expected[k])


@pytest.mark.parametrize("name", ADAPTIVE)
def test_a_fit_is_the_same_alone_and_in_a_stack(
    name: str,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    assert_same_fit: Callable[..., None],
) -> None:
    """Fits with fewer cases skip a step of the stack, and fits leave it at different epochs."""
    fits = without_loss_weights(make_fits(range(4)))
    fewer = fits.training.clone()
    fewer[1, fewer[1].nonzero()[:12]] = False
    fits, settings = replace(fits, training=fewer), replace(settings, max_epochs=5)
    weighting = Registry().weightings.build(Choice(name=name))

    def train_fits(rows: Sequence[int]) -> FitResults:
        return train(make_inputs(), fits.select(rows), settings, weighting, threads=1)

    together = train_fits(range(4))
    for row in (1, 3):
        assert_same_fit(together, row, train_fits([row]), 0, atol=1e-3)


def test_epochs_without_the_target_are_never_the_best(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
) -> None:
    weighting = Registry().weightings.build(Choice(name="pretrain", parameters={"share": 0.5}))
    settings = replace(settings, max_epochs=8, patience=1)
    results = train(make_inputs(), make_fits(range(4)), settings, weighting)
    assert (results.best_epoch > 4).all()
