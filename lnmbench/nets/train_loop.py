"""The training loop: the fits of a stack train together, each as if it were alone.

Every fit has its own cases, order, initial values, dropout, rates, early stopping and best weights,
drawn from its own seed. The losses of the fits are added, never averaged, and each gradient is
clipped by itself, so a fit's result does not depend on which fits share its stack. A stack of one
is an ordinary fit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lnmbench.nets.early_stopping import BestWeights
from lnmbench.nets.fit_results import FitEpoch, FitResults
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.intercepts import fit_intercepts
from lnmbench.nets.model import StackedModel
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.permuted_inputs import predict_permuted
from lnmbench.nets.predictions import predict, predict_features
from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.stacked.active_fits import StackState, initialize_fits
from lnmbench.nets.stacked.dropout import (
    DropoutMask,
    DropoutSampler,
    StepDropout,
    penalty_to_dropout,
)
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.nets.task_gradients import TaskGradients

if TYPE_CHECKING:
    from collections.abc import Callable

    from lnmbench.contracts import Weighting
    from lnmbench.nets.data.batches import Batch
    from lnmbench.nets.data.device_data import DeviceData
    from lnmbench.records import Training


def train_stack(
    inputs: Inputs,
    fits: Fits,
    settings: Training,
    weighting: Weighting,
    data: DeviceData,
    on_epoch: Callable[[int], None],
    on_trained: Callable[[StackedModel, StackState], None] | None = None,
    last_epoch: int | None = None,
) -> FitResults:
    """Train some fits in one stack and return their results.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits of the stack.
    settings
        The network, its rates and the limits of training.
    weighting
        Combines the losses of the tasks.
    data
        The device, the memory that the stack may fill there, and the features.
    on_epoch
        Called after each epoch with the number of fits that have stopped.
    on_trained
        Called with the model and the best parameters of all fits after training.
    last_epoch
        The epoch after which training is broken off, with rates as if it were not; None for
        `max_epochs`.
    """
    last = settings.max_epochs if last_epoch is None else last_epoch
    loop = TrainLoop(StackedObjective(inputs, fits, settings, weighting, data), settings)
    for epoch in range(1, last + 1):
        loop.run_epoch(epoch)
        on_epoch(loop.stopped_count if epoch < last else len(fits))
        if loop.stopped_count == len(fits):
            break
    return loop.results(on_trained)


def shuffle_into_batches(
    cases: Tensor, order: torch.Generator, batch_size: int
) -> tuple[Tensor, ...]:
    """Return the batches of an epoch, as even in size as possible.

    A small last batch would give its few cases more weight than the others.

    Parameters
    ----------
    cases
        The indices of the cases, (n,).
    order
        The random stream of the order.
    batch_size
        The largest number of cases of a batch.
    """
    count = cases.numel()
    shuffled = cases[torch.randperm(count, generator=order)]
    return shuffled.tensor_split(-(-count // batch_size))


def rate_factor(settings: Training, epoch: int) -> float:
    """Return the factor on the learning rates in an epoch, counted from one.

    It rises linearly over the warm-up, to 1 in the epoch after it. With the cosine schedule
    (Loshchilov & Hutter 2017) it then falls, to zero after the last epoch.
    """
    if epoch <= settings.warmup_epochs:
        return epoch / (settings.warmup_epochs + 1)
    if settings.schedule == "constant":
        return 1.0
    done = epoch - 1 - settings.warmup_epochs
    return 0.5 * (1.0 + math.cos(math.pi * done / (settings.max_epochs - settings.warmup_epochs)))


class TrainLoop:
    """The state of a stack in training: active fits, best weights and history.

    Parameters
    ----------
    objective
        The objective of the fits.
    settings
        The network's rates and the limits of training.
    """

    def __init__(self, objective: StackedObjective, settings: Training) -> None:
        fits, model = objective.model.fits, objective.model
        self._objective, self._model, self._settings = objective, model, settings
        self._layout = ParameterLayout(model.network.parameters())
        self._active = initialize_fits(self._layout, fits, settings, model.device)
        model.initialize(self._layout.named_views(self._active.parameters))
        self._best = BestWeights(self._active.parameters, settings.patience)
        self._tasks = TaskGradients(objective, settings.max_epochs)
        rates = fits.per_fit(fits.dropout, settings.dropout)
        self._token_dropout = DropoutSampler(rates, fits.seeds, model.device)
        penalties = fits.per_fit(fits.feature_penalty, settings.feature_penalty)
        rates = penalty_to_dropout(penalties, fits.training.sum(1))
        stream = "feature dropout"
        self._case_dropout = DropoutSampler(rates, fits.seeds, model.device, stream)
        # bags have a stream of their own: cases are masked as without auxiliary tasks
        self._bag_dropout = DropoutSampler(rates, fits.seeds, model.device, "bag dropout")
        rates = torch.full((len(fits),), settings.modality_dropout)
        stream = "modality dropout"
        self._modality_dropout = DropoutSampler(rates, fits.seeds, model.device, stream)
        self._orders = [seeded_generator(seed, "order") for seed in fits.seeds]
        self._history: list[FitEpoch] = []

    @property
    def stopped_count(self) -> int:
        """Return the number of fits that have stopped."""
        return len(self._model.fits) - len(self._active.fits)

    def run_epoch(self, epoch: int) -> None:
        """Train an epoch, validate, and remove the fits that stop."""
        fits = self._active.fits
        self._active.scale_rates(rate_factor(self._settings, epoch))
        self._tasks.start_epoch()
        training = self._train_epoch(epoch)
        validation = self._objective.validation_losses(self._active.state)
        losses = zip(fits, training.cpu().tolist(), validation.tolist(), strict=True)
        self._history += [
            FitEpoch(fit=fit, epoch=epoch, training_loss=train_loss, validation_loss=valid_loss)
            for fit, train_loss, valid_loss in losses
        ]
        trained = self._tasks.trains_target(self._active.state)
        stopped = self._best.update(fits, self._active.parameters, validation, epoch, trained)
        self._active.remove(stopped)

    def _train_epoch(self, epoch: int) -> Tensor:
        """Train every fit on each of its cases once; return mean target losses (k,)."""
        cases_by_fit = [self._objective.training_cases[fit] for fit in self._active.fits]
        batches_by_fit = [
            shuffle_into_batches(cases, self._orders[fit], self._settings.batch_size)
            for cases, fit in zip(cases_by_fit, self._active.fits, strict=True)
        ]
        # A fit with fewer batches than others has an empty one at the end, and is not updated.
        cases_by_step = [
            [batches[i] if i < len(batches) else batches[0][:0] for batches in batches_by_fit]
            for i in range(max(len(batches) for batches in batches_by_fit))
        ]
        sums = torch.zeros(len(cases_by_fit), device=self._model.device)
        chosen = self._objective.task_labels.draw_examples(self._active.fits)
        for i, batch in enumerate(self._model.make_batches(cases_by_step, chosen)):
            sums += self._train_step(batch, step=(epoch << 32) + i)
        return self._objective.mean_training_losses(self._active.state, sums)

    def _train_step(self, batch: Batch, step: int) -> Tensor:
        """Update each fit by its cases in the batch, if there are any.

        Return the target's losses before the update, summed over each fit's cases, (k,).
        """
        objective, state = self._objective, self._active.state
        dropout = self._draw_dropout(state.rows, batch, step)
        tokens = self._model.embed(state, batch, training=True)
        sums, losses = objective.losses(state, batch, tokens, dropout)
        self._tasks.backward(state, batch, tokens, losses, step)
        self._active.step([row for row, count in enumerate(batch.case_counts) if count])
        if self._tasks.observes:
            with torch.no_grad():
                tokens = self._model.embed(state, batch)
                dropout = self._draw_dropout(state.rows, batch, step)
                _, after = objective.losses(state, batch, tokens, dropout)
            self._tasks.observe(state, batch, losses, after)
        return sums

    def _draw_dropout(self, fits: Tensor, batch: Batch, step: int) -> StepDropout:
        network, packing = self._model.network, batch.packing
        tokens = DropoutMask()
        if packing is not None:
            width = network.body.token_dropout_width
            tokens = self._token_dropout.draw(fits, step, packing.capacity, width)
        count, width = batch.cases.shape[1], network.case_dropout_width
        cases = self._case_dropout.draw(fits, step, count, width)
        if batch.lists > count:
            bags = self._bag_dropout.draw(fits, step, batch.lists - count, width)
            cases = cases.extend(bags)
        width = self._model.droppable_modalities
        modalities = self._modality_dropout.draw(fits, step, count, width)
        return StepDropout(tokens=tokens, cases=cases, modalities=modalities)

    def results(
        self, on_trained: Callable[[StackedModel, StackState], None] | None = None
    ) -> FitResults:
        """Return predictions of the best weights; NaN for a fit that never had a finite loss.

        The intercept of the target's head is fitted to the training cases first. Fits that learn
        tasks alone have image features as well.

        Parameters
        ----------
        on_trained
            As in `train_stack`.
        """
        state = StackState(
            fits=tuple(range(len(self._model.fits))),
            values=self._layout.named_views(self._best.weights),
            device=self._model.device,
        )
        objective, model = self._objective, self._model
        features = None
        if objective.has_target:
            fit_intercepts(objective, state)
        else:
            features = predict_features(model, state)
        losses = objective.validation_losses(state).double().numpy()
        never_finite = self._best.epoch.numpy() == 0
        probabilities = predict(objective, state)
        permuted = None if model.fits.permutations is None else predict_permuted(model, state)
        if on_trained is not None:
            on_trained(model, state)
        optional = [array for array in (features, permuted) if array is not None]
        for values in (*probabilities.values(), *optional):
            values[never_finite] = np.nan
        return FitResults(
            probabilities=probabilities,
            best_loss=np.where(never_finite, np.inf, losses),
            best_epoch=self._best.epoch.numpy(),
            epochs=self._best.epochs.numpy(),
            history=tuple(self._history),
            image_features=features,
            permuted=permuted,
        )
