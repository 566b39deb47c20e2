"""Gradients of several tasks' losses, combined by a weighting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.contracts import StepFeedback, StepWeights
from lnmbench.nets.gradients import compute_gradients, write_gradients
from lnmbench.nets.rng import stream_key
from lnmbench.nets.stacked.dropout import draw_words
from lnmbench.records import WeightingStep

if TYPE_CHECKING:
    from lnmbench.nets.data.batches import Batch
    from lnmbench.nets.objective import StackedObjective
    from lnmbench.nets.stacked.active_fits import StackState

_HEADS = ("target.", "aux.", "weighting.")
_BITS = 24  # of a float32


class TaskGradients:
    """The gradients that a weighting makes of the tasks' losses, step by step.

    Behind tokens that are trained, the gradients of the tokens stand for those of all parameters
    of the projection and the encoder (as in MGDA-UB, Sener and Koltun 2018).

    Parameters
    ----------
    objective
        The objective of the fits, with their weighting.
    max_epochs
        The largest number of epochs.
    """

    def __init__(self, objective: StackedObjective, max_epochs: int) -> None:
        weighting = objective.weighting
        self._objective, self._max_epochs = objective, max_epochs
        self._adaptive = weighting if isinstance(weighting, StepWeights) else None
        fits, device = objective.model.fits, objective.model.device
        state = () if self._adaptive is None else self._adaptive.initial_state(objective.tasks)
        self._state = torch.tensor([list(state)] * len(fits), dtype=torch.float32, device=device)
        keys = [stream_key(seed, "weighting") for seed in fits.seeds]
        self._keys = torch.tensor(keys, device=device)
        self._target_weights = torch.zeros(len(fits), device=device)

    def start_epoch(self) -> None:
        """Forget the weights of the target."""
        self._target_weights.zero_()

    def trains_target(self, state: StackState) -> Tensor:
        """Return whether the target had a weight since `start_epoch`, bool (k,) on the CPU."""
        if self._adaptive is None:
            return torch.ones(len(state.fits), dtype=torch.bool)
        return self._target_weights[state.rows].cpu() > 0

    def backward(
        self, state: StackState, batch: Batch, tokens: Tensor | None, losses: Tensor, step: int
    ) -> None:
        """Write the combined gradients into the state.

        Parameters
        ----------
        state
            The parameters of the fits, with buffers for the gradients.
        batch
            Their cases.
        tokens
            Tokens (k, P, d) from `StackedModel.embed`.
        losses
            The losses of the tasks, (k, tasks).
        step
            The number of the step: the epoch times 2³², plus the step in the epoch.
        """
        model = self._objective.model
        if self._adaptive is None:
            gradients = compute_gradients(model, state, tokens, self._combine(state, losses))
        elif self._adaptive.needs_gradients:
            last = losses.shape[1] - 1
            by_task = [
                compute_gradients(model, state, tokens, losses[:, task].sum(), again=task < last)
                for task in range(last + 1)
            ]
            weights = self._weigh(self._adaptive, state, batch, losses, step, _gramians(by_task))
            gradients = _combine_gradients(by_task, weights)
        else:
            weights = self._weigh(self._adaptive, state, batch, losses, step, None)
            gradients = compute_gradients(
                model, state, tokens, self._combine(state, losses * weights)
            )
        write_gradients(model, state, batch, gradients)

    @property
    def observes(self) -> bool:
        """Return whether the weighting needs the losses after each step."""
        return isinstance(self._objective.weighting, StepFeedback)

    def observe(self, state: StackState, batch: Batch, before: Tensor, after: Tensor) -> None:
        """Keep what the weighting learns from a step.

        Parameters
        ----------
        state
            The parameters of the fits.
        batch
            Their cases.
        before, after
            The losses of the tasks before and after the step, (k, tasks).
        """
        weighting = self._objective.weighting
        if isinstance(weighting, StepFeedback):
            new_state = weighting.observe(before.detach(), after, self._state[state.rows])
            self._keep(state, batch, new_state)

    def _keep(self, state: StackState, batch: Batch, new_state: Tensor) -> None:
        """Keep the state of fits with cases in the batch."""
        has_cases = batch.case_mask.any(1, keepdim=True)  # (k, 1)
        self._state[state.rows] = torch.where(has_cases, new_state, self._state[state.rows])

    def _combine(self, state: StackState, losses: Tensor) -> Tensor:
        scalars = self._objective.model.network.stack_weighting_scalars(state.values)
        combined = self._objective.weighting.combine(losses, scalars)
        if combined.shape != (len(state.fits),):
            shapes = f"{tuple(combined.shape)} from {tuple(losses.shape)}"
            raise ValueError(f"the weighting combines losses to {shapes}, not one for each fit")
        return combined.sum()

    def _weigh(
        self,
        weighting: StepWeights,
        state: StackState,
        batch: Batch,
        losses: Tensor,
        step: int,
        gramians: Tensor | None,
    ) -> Tensor:
        """Return the weights of the tasks, (k, tasks), and keep the weighting's state."""
        fits, tasks = losses.shape
        words = draw_words(self._keys[state.rows], step, tasks * tasks)  # (k, tasks²)
        bits = (words >> (64 - _BITS)) & ((1 << _BITS) - 1)
        now = WeightingStep(
            losses=losses.detach(),
            gramians=gramians,
            uniforms=(bits.float() / (1 << _BITS)).view(fits, tasks, tasks),
            epoch=step >> 32,
            max_epochs=self._max_epochs,
        )
        weights, new_state = weighting.weigh(now, self._state[state.rows])
        self._keep(state, batch, new_state)
        target = torch.maximum(self._target_weights[state.rows], weights[:, 0].abs())
        self._target_weights[state.rows] = target
        return weights


def _gramians(by_task: list[dict[str, Tensor]]) -> Tensor:
    """Return the inner products of the tasks' gradients of what they share, (k, tasks, tasks)."""
    products = []
    for name, first in by_task[0].items():
        if not name.startswith(_HEADS):
            stacked = torch.stack([gradients[name] for gradients in by_task], dim=1)
            flat = stacked.reshape(len(first), len(by_task), -1)  # (k, tasks, size)
            products.append(torch.bmm(flat, flat.mT))  # (k, tasks, tasks)
    return torch.stack(products).sum(0)


def _combine_gradients(by_task: list[dict[str, Tensor]], weights: Tensor) -> dict[str, Tensor]:
    """Return weighted sums of what the tasks share, and the plain sums of their heads."""
    gradients = {}
    for name, first in by_task[0].items():
        total = torch.zeros_like(first)
        for task, parts in enumerate(by_task):
            if name.startswith(_HEADS):
                total += parts[name]
            else:
                shape = (-1, *[1] * (first.dim() - 1))
                total += weights[:, task].view(shape) * parts[name]
        gradients[name] = total
    return gradients
