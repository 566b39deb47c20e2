"""The one training loop: a stack of fits in lockstep, each as if it were alone.

Every fit has its own cases, order, start, dropout, rates, early stopping and best weights, drawn
from its own seed. The losses of the fits are added, never averaged, and each gradient is clipped
by itself, so a fit's result does not depend on which fits share its stack. A stack of one is an
ordinary fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lnmbench.nets.early_stopping import Best
from lnmbench.nets.fits import FitEpoch, FitResults, Fits, Inputs
from lnmbench.nets.losses import mean_of
from lnmbench.nets.objective import Problem
from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.stacked.active_fits import Stack
from lnmbench.nets.stacked.dropout import Dropout
from lnmbench.nets.stacked.optimizer import AdamW
from lnmbench.nets.stacked.parameters import ParameterLayout

if TYPE_CHECKING:
    from collections.abc import Callable

    from lnmbench.contracts import Weighting
    from lnmbench.nets.data.device_data import Shared
    from lnmbench.records import Training


def train_stack(
    inputs: Inputs,
    fits: Fits,
    settings: Training,
    weighting: Weighting,
    shared: Shared,
    on_epoch: Callable[[int], None],
) -> FitResults:
    """Train these fits in one stack; tell `on_epoch` after each epoch how many have finished."""
    problem = Problem(inputs, fits, settings, weighting, shared)
    lockstep = _Lockstep(problem, settings)
    for epoch in range(1, settings.max_epochs + 1):
        lockstep.run(epoch)
        on_epoch(lockstep.finished if epoch < settings.max_epochs else len(fits))
        if lockstep.finished == len(fits):
            break
    return lockstep.results()


def shuffle_into_batches(
    cases: Tensor, order: torch.Generator, batch_size: int
) -> tuple[Tensor, ...]:
    """Return an epoch's batches: the cases shuffled, and dealt out as evenly as they go.

    No batch is larger than `batch_size`, and none is a mere rest: its few cases would weigh more.
    """
    shuffled = cases[torch.randperm(len(cases), generator=order)]
    return shuffled.tensor_split(-(-len(cases) // batch_size))


class _Lockstep:
    """The fits on their way: who trains still, with what, and how well each has done."""

    def __init__(self, problem: Problem, settings: Training) -> None:
        fits = problem.fits
        self._problem, self._settings = problem, settings
        layout = ParameterLayout(problem.network.parameters())
        start = layout.initial(fits.seeds).to(problem.device)
        self._best = Best(start, settings.patience)
        self._stack = Stack(layout, start, _optimizer(start, layout, fits, settings))
        self._layout = layout
        rates = per_fit(fits.dropout, settings.dropout, len(fits))
        self._dropout = Dropout(rates, fits.seeds, problem.device)
        self._orders = [seeded_generator(seed, "order") for seed in fits.seeds]
        self._history: list[FitEpoch] = []

    @property
    def finished(self) -> int:
        """How many fits have stopped."""
        return len(self._problem.fits) - len(self._stack.fits)

    def run(self, epoch: int) -> None:
        """Train an epoch, validate, and let those go that have stopped."""
        fits = list(self._stack.fits)
        training = self._train_epoch()
        validation = self._problem.validation_losses(fits, self._stack.values)
        both = zip(fits, training.tolist(), validation.tolist(), strict=True)
        self._history += [
            FitEpoch(fit=fit, epoch=epoch, training_loss=seen, validation_loss=unseen)
            for fit, seen, unseen in both
        ]
        self._stack.leave(self._best.update(fits, self._stack.flat, validation, epoch))

    def _train_epoch(self) -> Tensor:
        """Train every fit on each of its cases once; return (k,) mean target losses."""
        size = self._settings.batch_size
        cases = [self._problem.training[fit] for fit in self._stack.fits]
        batches = [
            shuffle_into_batches(own, self._orders[fit], size)
            for own, fit in zip(cases, self._stack.fits, strict=True)
        ]
        sums = torch.zeros(len(batches), device=self._problem.device)
        for i in range(max(len(own) for own in batches)):
            # A fit with fewer batches than others has an empty one here, and does not move.
            sums += self._step([own[i] if i < len(own) else own[0][:0] for own in batches])
        return mean_of(sums, [len(own) for own in cases])

    def _step(self, chosen: list[Tensor]) -> Tensor:
        stack, problem = self._stack, self._problem
        batch = problem.batch(chosen)
        keep = self._dropout.draw(stack.fits, *batch.rows, problem.network.body.places)
        tokens = problem.tokens(stack.fits, stack.values, batch, training=True)
        sums, total = problem.losses(stack.fits, stack.values, tokens, batch, keep)
        problem.backward(stack.fits, total, stack.values, tokens, batch, stack.gradients)
        stack.step([row for row, count in enumerate(batch.counts) if count])
        return sums

    def results(self) -> FitResults:
        """Return what the best weights predict; NaN for a fit that never had a finite loss."""
        values = self._layout.views(self._best.weights)
        probabilities = self._problem.predict(values)
        for own in probabilities.values():
            own[self._best.epoch.numpy() == 0] = np.nan
        return FitResults(
            probabilities=probabilities,
            best_loss=self._best.loss.double().numpy(),
            best_epoch=self._best.epoch.numpy(),
            epochs=self._best.epochs.numpy(),
            history=tuple(self._history),
        )


def per_fit(given: Tensor | None, default: float, count: int) -> Tensor:
    """Return (K,) in float64: what is given, or the default for every fit."""
    return torch.full((count,), default, dtype=torch.float64) if given is None else given.double()


def _optimizer(start: Tensor, layout: ParameterLayout, fits: Fits, settings: Training) -> AdamW:
    decay_paces = layout.decay_paces()
    return AdamW(
        start,
        decayed=layout.decayed,
        learning_rate=per_fit(fits.learning_rate, settings.learning_rate, len(fits)),
        weight_decay=per_fit(fits.weight_decay, settings.weight_decay, len(fits)),
        clip=settings.clip,
        paces=layout.paces().to(start),
        decay_paces=None if decay_paces is None else decay_paces.to(start),
    )
