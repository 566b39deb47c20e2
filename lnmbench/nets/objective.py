"""The objective of K fits: the losses of a stack's parameters, in training and validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.losses import aux_losses, divide_by_counts, split_known_labels, target_losses
from lnmbench.nets.model import StackedModel, case_indices
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.task_labels import TaskLabels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.data.batches import Batch
    from lnmbench.nets.data.device_data import DeviceData
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.nets.stacked.active_fits import StackState
    from lnmbench.records import Training


class StackedObjective:
    """A stacked model with the labels that it learns and the losses of its fits.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits of the stack.
    settings
        The widths of the network and its learning rates.
    weighting
        Combines the losses of the tasks.
    data
        The device, the memory that the stack may fill there, and the features.
    """

    def __init__(
        self,
        inputs: Inputs,
        fits: Fits,
        settings: Training,
        weighting: Weighting,
        data: DeviceData,
    ) -> None:
        self.model = StackedModel(inputs, fits, settings, weighting, data)
        self.weighting, self.has_target = weighting, inputs.has_target
        self.tasks = (inputs.target_name, *(task.name for task in inputs.aux))
        self._aux = tuple(aux.task for aux in inputs.aux)
        self.training_cases = case_indices(fits.training)
        self._validation_cases = case_indices(fits.validation)
        self._validation_batches: tuple[tuple[int, ...], list[Batch]] = ((), [])
        labels, known = split_known_labels(inputs.target.float(), partial=inputs.target.dim() > 1)
        if self.has_target and bool((fits.validation & ~known).any()):
            raise ValueError("a fit is validated on cases whose target is unknown")
        self._target, self._is_labeled = labels.to(data.device), known.to(data.device)
        self._labeled_counts = (fits.training & known).sum(1).to(data.device)
        self._validation_counts = fits.validation.sum(1).to(data.device)
        self.task_labels = TaskLabels(inputs, fits, data.device, attention=settings.layers > 0)
        self._loss_weights = _loss_weights(inputs, fits).to(data.device)

    def target_labels(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the target's labels of a batch (k, B, …), and whether they count, (k, B)."""
        return self._target[batch.cases], self._is_labeled[batch.cases] & batch.case_mask

    def losses(
        self, state: StackState, batch: Batch, tokens: Tensor | None, dropout: StepDropout
    ) -> tuple[Tensor, Tensor]:
        """Return losses of a training batch.

        Parameters
        ----------
        state
            The parameters of the fits.
        batch
            Their cases.
        tokens
            Tokens (k, P, d) from `embed`.
        dropout
            The dropout of the step.

        Returns
        -------
        tuple[Tensor, Tensor]
            The target's losses, summed over each fit's cases, (k,) without a history; and the mean
            loss of each task, the target's first, multiplied by its loss weight, (k, tasks).
        """
        risk, *logits = self.model.logits(state, batch, tokens, dropout)
        labels, counted = self.target_labels(batch)
        sums = target_losses(risk, labels, counted)
        losses = [sums / counted.sum(1).clamp(min=1)]
        for task, (aux, aux_logits) in enumerate(zip(self._aux, logits, strict=True)):
            labels, counted = self.task_labels.select(state.rows, batch, task)
            losses.append(aux_losses(aux, aux_logits, labels, counted))
        weighted = torch.stack(losses, dim=1) * self._loss_weights[state.rows]  # (k, tasks)
        return sums.detach(), weighted

    @torch.no_grad()
    def validation_losses(self, state: StackState) -> Tensor:
        """Return each fit's mean loss of the target over its validation cases, (k,) on the CPU.

        Without a target, it is the sum of the mean losses of the tasks.
        """
        if self._validation_batches[0] != state.fits:
            cases = [self._validation_cases[fit] for fit in state.fits]
            chosen = None if self.has_target else self.task_labels.fixed_examples(state.fits)
            batches = list(self.model.evaluation_batches(cases, chosen))
            self._validation_batches = (state.fits, batches)
        if not self.has_target:
            return self._mean_task_losses(state, self._validation_batches[1]).cpu()
        sums = torch.zeros(len(state.fits), device=self.model.device)
        for batch in self._validation_batches[1]:
            sums += self.validation_step(state, batch)
        return divide_by_counts(sums, self._validation_counts[state.rows]).cpu()

    def _mean_task_losses(self, state: StackState, batches: Sequence[Batch]) -> Tensor:
        """Return the sum of the weighted mean losses of the auxiliary tasks in evaluation, (k,)."""
        tasks = len(self._aux)
        sums = torch.zeros(len(state.fits), tasks, device=self.model.device)
        counts = torch.zeros(len(state.fits), tasks, device=self.model.device)
        for batch in batches:
            tokens = self.model.embed(state, batch)
            _, *logits = self.model.logits(state, batch, tokens, StepDropout())
            for task, (aux, aux_logits) in enumerate(zip(self._aux, logits, strict=True)):
                labels, counted = self.task_labels.select(state.rows, batch, task)
                number = counted.sum(1)
                sums[:, task] += aux_losses(aux, aux_logits, labels, counted) * number
                counts[:, task] += number
        means = divide_by_counts(sums, counts)  # (k, tasks)
        return (means * self._loss_weights[state.rows, 1:]).sum(1)

    def mean_training_losses(self, state: StackState, sums: Tensor) -> Tensor:
        """Return each fit's mean loss of the target over its labeled training cases, (k,).

        Parameters
        ----------
        state
            The k fits.
        sums
            The sum of the losses over these cases, (k,).
        """
        return divide_by_counts(sums, self._labeled_counts[state.rows])

    def validation_step(self, state: StackState, batch: Batch) -> Tensor:
        """Return the target's losses in evaluation, summed over each fit's cases, (k,)."""
        risk = self.model.target_logits(state, batch)
        return target_losses(risk, self._target[batch.cases], batch.case_mask)


def _loss_weights(inputs: Inputs, fits: Fits) -> Tensor:
    if fits.loss_weights is None:
        return torch.ones(len(fits), 1 + len(inputs.aux))
    return fits.loss_weights.float()
