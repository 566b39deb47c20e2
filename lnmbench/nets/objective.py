"""The objective of K fits: their cases, labels and losses, as functions of a stack's parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.nets.assembly import build_embedder, build_network
from lnmbench.nets.case_features import CaseFeatures, TableFeatures
from lnmbench.nets.data.batches import Batch
from lnmbench.nets.data.packing import ChosenExamples, choose_layout, pack_steps
from lnmbench.nets.inputs import has_case_tokens
from lnmbench.nets.intercepts import fit_intercept_shifts
from lnmbench.nets.losses import aux_losses, divide_by_counts, split_known_labels, target_losses
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.task_labels import TaskLabels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lnmbench.contracts import Weighting
    from lnmbench.nets.data.device_data import DeviceData
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.nets.stacked.active_fits import StackState
    from lnmbench.records import Training

TOKENS = "tokens"
"""The name of trained tokens among the gradients; no parameter is named so."""

EVALUATION_CASES = 64
"""Cases of each fit that are evaluated at once: bounds the memory, not the numbers."""


class StackedObjective:
    """Inputs and fits on a device, with the network that learns from them.

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
        self.fits, self.device = fits, data.device
        self._inputs, self.weighting = inputs, weighting
        self.tasks = (inputs.target_name, *(task.name for task in inputs.aux))
        self._offsets = None if inputs.slices is None else inputs.slices.offsets
        self._has_images = _find_images(inputs, self.device)
        self._averaged = has_case_tokens(inputs, settings)
        self._layout = choose_layout(settings.pooling, settings.layers)
        self.network = build_network(inputs, fits, settings, weighting)
        self.training_cases = _case_indices(fits.training)
        self._validation_cases = _case_indices(fits.validation)
        self._validation_batches: tuple[tuple[int, ...], list[Batch]] = ((), [])
        has_slices = None if inputs.slices is None else inputs.slices.has_slices
        self._table = TableFeatures(fits, data.device, has_slices)
        labels, known = split_known_labels(inputs.target.float(), partial=inputs.target.dim() > 1)
        self.has_target = inputs.has_target
        if self.has_target and bool((fits.validation & ~known).any()):
            raise ValueError("a fit is validated on cases whose target is unknown")
        self._target, self._is_labeled = labels.to(self.device), known.to(self.device)
        self._labeled_counts = (fits.training & known).sum(1).to(self.device)
        self._validation_counts = fits.validation.sum(1).to(self.device)
        self._task_labels = TaskLabels(inputs, fits, data.device, attention=settings.layers > 0)
        self._loss_weights = _loss_weights(inputs, fits).to(self.device)
        self._embedder = build_embedder(inputs, fits, settings, data)

    def initialize(self, values: Mapping[str, Tensor]) -> None:
        """Write the initial values of parameters that depend on a fit's training cases.

        Parameters
        ----------
        values
            The parameters of all fits by name, each (K, …).
        """
        if self._embedder is not None:
            self._embedder.initialize(values)

    def make_batches(
        self, cases_by_step: Sequence[Sequence[Tensor]], chosen: ChosenExamples | None = None
    ) -> Iterator[Batch]:
        """Yield the batches of some steps.

        Parameters
        ----------
        cases_by_step
            For each step, the indices of the cases of each fit, int64 (B_k,).
        chosen
            The examples of the cases, for the losses or predictions of auxiliary tasks.
        """
        return pack_steps(
            cases_by_step,
            self._offsets,
            self.device,
            averaged=self._averaged,
            chosen=chosen,
            layout=self._layout,
        )

    def draw_examples(self, fits: Sequence[int]) -> ChosenExamples | None:
        """Return a random example of each case for some fits, None without such tasks."""
        return self._task_labels.draw_examples(fits)

    def embed(self, state: StackState, batch: Batch, *, training: bool = False) -> Tensor | None:
        """Return tokens (k, P, d), a leaf for autograd if they are trained; None without slices.

        Parameters
        ----------
        state
            The parameters of the fits.
        batch
            Their cases.
        training
            Whether views are random, images augmented and the step remembered for `backward`.
        """
        if self._embedder is None or batch.packing is None:
            return None
        tokens = self._embedder.forward(state, batch.packing, training=training)
        return tokens.requires_grad_(bool(self._embedder.prefixes))

    def logits(
        self, state: StackState, batch: Batch, tokens: Tensor | None, dropout: StepDropout
    ) -> tuple[Tensor, ...]:
        """Return logits (k, B, outputs) of each task, the target's first.

        Parameters
        ----------
        state
            The parameters of the fits.
        batch
            Their cases, with examples for the tasks that learn from images.
        tokens
            Tokens (k, P, d) from `embed`.
        dropout
            The step's dropout; an empty one in evaluation.
        """
        values = self.case_features(state, batch.cases)
        features = self.image_features(state, batch, tokens, values, dropout)
        target = self._target_logits(state, features, values, dropout)
        return (target, *self.network.aux_logits(state.values, features, batch.cases.shape[1]))

    def target_logits(self, state: StackState, batch: Batch) -> Tensor:
        """Return the target's logits (k, B, outcomes) in evaluation.

        Parameters
        ----------
        state
            The parameters of the fits.
        batch
            Their cases.
        """
        tokens, values = self.embed(state, batch), self.case_features(state, batch.cases)
        features = self.image_features(state, batch, tokens, values, StepDropout())
        return self._target_logits(state, features, values, StepDropout())

    def case_features(self, state: StackState, cases: Tensor) -> CaseFeatures:
        """Return the features of cases other than those of images.

        Parameters
        ----------
        state
            The k fits.
        cases
            The cases of each fit, (k, B).
        """
        return self._table.select(state.rows, cases)

    def image_features(
        self,
        state: StackState,
        batch: Batch,
        tokens: Tensor | None,
        values: CaseFeatures,
        dropout: StepDropout,
    ) -> Tensor:
        """Return image features of cases and bags (k, B + bags, F), 0 for cases without images.

        Parameters
        ----------
        state
            The parameters of the fits.
        batch
            Their cases.
        tokens
            Tokens (k, P, d) from `embed`.
        values
            The other features, of which a network without images makes them.
        dropout
            The step's dropout.
        """
        features = self.network.features(
            state.values, tokens, values.join(), batch.packing, dropout
        )
        if self._has_images is None:
            return features
        bags = features.shape[1] - batch.cases.shape[1]
        shown = functional.pad(self._has_images[batch.cases], (0, bags), value=True)
        return torch.where(shown.unsqueeze(2), features, 0.0)  # (k, B + bags, F)

    def _target_logits(
        self, state: StackState, features: Tensor, values: CaseFeatures, dropout: StepDropout
    ) -> Tensor:
        """Return the target's logits (k, B, outcomes) of image features and other ones."""
        shares, clinical = values.draw_shares(dropout.modalities), values.clinical
        count = len(values.modalities)
        if count:
            others = self.network.modality_features(
                state.values, values.modalities, shares[:, :, :count], dropout
            )
            clinical = torch.cat([clinical, others], dim=2)
        if dropout.modalities.is_active and shares.shape[2] > count:
            features = features[:, : shares.shape[1]] * shares[:, :, count:]  # (k, B, F)
        return self.network.target_logits(state.values, features, clinical)

    def target_probabilities(
        self, state: StackState, features: Tensor, values: CaseFeatures
    ) -> Tensor:
        """Return the target's probabilities (k, B, outcomes) in evaluation.

        Parameters
        ----------
        state
            The parameters of the fits.
        features
            The image features, from `image_features`.
        values
            The other features.
        """
        return self._probabilities(self._target_logits(state, features, values, StepDropout()))

    def _probabilities(self, logits: Tensor) -> Tensor:
        p = torch.sigmoid(logits)  # (k, B, outcomes)
        return p.cummin(2).values if self._inputs.ordered else p

    @property
    def droppable_modalities(self) -> int:
        """Return the number of modalities that dropout may omit, with images if there are any."""
        return self._table.droppable

    @property
    def outcomes(self) -> int:
        """Return the number of outcomes of the target."""
        return self._inputs.outcomes

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
        risk, *logits = self.logits(state, batch, tokens, dropout)
        counted = self._is_labeled[batch.cases] & batch.case_mask
        sums = target_losses(risk, self._target[batch.cases], counted)
        losses = [sums / counted.sum(1).clamp(min=1)]
        for task, (aux, aux_logits) in enumerate(zip(self._inputs.aux, logits, strict=True)):
            labels, counted = self._task_labels.select(state.rows, batch, task)
            losses.append(aux_losses(aux.task, aux_logits, labels, counted))
        weighted = torch.stack(losses, dim=1) * self._loss_weights[state.rows]  # (k, tasks)
        return sums.detach(), weighted

    def gradients(
        self, state: StackState, tokens: Tensor | None, total: Tensor, *, again: bool = False
    ) -> dict[str, Tensor]:
        """Return the gradients of a number by parameter, and those of trained tokens as `TOKENS`.

        Parameters
        ----------
        state
            The parameters of the fits.
        tokens
            Tokens (k, P, d) from `embed`.
        total
            The number, a sum over the fits.
        again
            Whether the gradients of another number of the same step follow.
        """
        prefixes = () if self._embedder is None else self._embedder.prefixes
        sources = {k: value for k, value in state.values.items() if not k.startswith(prefixes)}
        if tokens is not None and tokens.requires_grad:
            sources[TOKENS] = tokens
        gradients = torch.autograd.grad(
            total,
            list(sources.values()),
            retain_graph=again,
            allow_unused=True,
            materialize_grads=True,
        )
        return dict(zip(sources, gradients, strict=True))

    def write_gradients(
        self, state: StackState, batch: Batch, gradients: Mapping[str, Tensor]
    ) -> None:
        """Write gradients into the state, with those of the parameters behind the tokens.

        Parameters
        ----------
        state
            The parameters of the fits, with buffers for the gradients.
        batch
            Their cases.
        gradients
            The gradients from `gradients`.
        """
        for name, gradient in gradients.items():
            if name != TOKENS:
                state.gradients[name].copy_(gradient)
        d_tokens = gradients.get(TOKENS)
        if d_tokens is not None and self._embedder is not None and batch.packing is not None:
            self._embedder.backward(state, batch.packing, d_tokens)

    @torch.no_grad()
    def validation_losses(self, state: StackState) -> Tensor:
        """Return each fit's mean loss of the target over its validation cases, (k,) on the CPU.

        Without a target, it is the sum of the mean losses of the tasks.
        """
        if self._validation_batches[0] != state.fits:
            cases = [self._validation_cases[fit] for fit in state.fits]
            chosen = None if self.has_target else self._task_labels.fixed_examples(state.fits)
            batches = self.make_batches(list(_split_cases(cases)), chosen)
            self._validation_batches = (state.fits, list(batches))
        if not self.has_target:
            return self._mean_task_losses(state, self._validation_batches[1]).cpu()
        sums = torch.zeros(len(state.fits), device=self.device)
        for batch in self._validation_batches[1]:
            sums += self.validation_step(state, batch)
        return divide_by_counts(sums, self._validation_counts[state.rows]).cpu()

    def _mean_task_losses(self, state: StackState, batches: Sequence[Batch]) -> Tensor:
        """Return the sum of the weighted mean losses of the auxiliary tasks in evaluation, (k,)."""
        tasks = len(self._inputs.aux)
        sums = torch.zeros(len(state.fits), tasks, device=self.device)
        counts = torch.zeros(len(state.fits), tasks, device=self.device)
        for batch in batches:
            _, *logits = self.logits(state, batch, self.embed(state, batch), StepDropout())
            for task, (aux, aux_logits) in enumerate(zip(self._inputs.aux, logits, strict=True)):
                labels, counted = self._task_labels.select(state.rows, batch, task)
                number = counted.sum(1)
                sums[:, task] += aux_losses(aux.task, aux_logits, labels, counted) * number
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
        risk = self.target_logits(state, batch)
        return target_losses(risk, self._target[batch.cases], batch.case_mask)

    @torch.no_grad()
    def fit_intercepts(self, state: StackState) -> None:
        """Fit the intercepts of the target's head to each fit's labeled training cases, in place.

        Parameters
        ----------
        state
            The parameters of all K fits at the end of training.
        """
        logits, labels, counted = [], [], []
        for batch in self.make_batches(list(_split_cases(self.training_cases))):
            logits.append(self.target_logits(state, batch))  # (K, B, m)
            truth = self._target[batch.cases].view_as(logits[-1])
            is_counted = (self._is_labeled[batch.cases] & batch.case_mask).unsqueeze(2)
            labels.append(torch.nan_to_num(truth))
            counted.append(is_counted & ~torch.isnan(truth))
        bias = state.values["target.bias"]  # (K, m)
        # each outcome as a fit of its own; on the CPU: some devices have no float64
        parts = (torch.cat(x, 1).mT.flatten(0, 1).cpu() for x in (logits, labels, counted))
        fitted = bias.cpu().double() + fit_intercept_shifts(*parts).view_as(bias)
        bias.copy_(fitted.to(bias.dtype))

    @torch.no_grad()
    def predict(self, state: StackState) -> dict[str, NDArray[np.float64]]:
        """Return the probabilities of all K fits by task, (K, n, outputs); NaN if not predicted.

        Auxiliary tasks are not predicted for cases without images. Those of a task with examples
        are followed by the targets of the examples.
        """
        outputs = [self._inputs.outcomes, *self._task_labels.sizes]
        shape = self.fits.predicted.shape
        results = {
            name: np.full((*shape, width), np.nan)
            for name, width in zip(self.tasks, outputs, strict=True)
        }
        cases = list(_split_cases(_case_indices(self.fits.predicted)))
        for batch in self.make_batches(
            cases, self._task_labels.fixed_examples(range(len(self.fits)))
        ):
            logits = self.logits(state, batch, self.embed(state, batch), StepDropout())
            row, column = (index.numpy() for index in batch.case_mask.cpu().nonzero().unbind(1))
            predicted = batch.cases.cpu().numpy()[row, column]
            predictions = self._predictions(state, batch, logits)
            for name, values in zip(self.tasks, predictions, strict=True):
                results[name][row, predicted] = values.double().cpu().numpy()[row, column]
        return results

    @torch.no_grad()
    def predict_features(self, state: StackState) -> NDArray[np.float64]:
        """Return the image features of all K fits, (K, n, F); NaN if not predicted."""
        width = self.network.body.settings.image_features
        results = np.full((*self.fits.predicted.shape, width), np.nan)
        for batch in self.make_batches(list(_split_cases(_case_indices(self.fits.predicted)))):
            tokens = self.embed(state, batch)
            values = self.case_features(state, batch.cases)
            features = self.image_features(state, batch, tokens, values, StepDropout())  # (K, B, F)
            row, column = (index.numpy() for index in batch.case_mask.cpu().nonzero().unbind(1))
            predicted = batch.cases.cpu().numpy()[row, column]
            results[row, predicted] = features.double().cpu().numpy()[row, column]
        return results

    def _predictions(
        self, state: StackState, batch: Batch, logits: tuple[Tensor, ...]
    ) -> list[Tensor]:
        """Return the predictions of each task (k, B, outputs), with the targets of examples."""
        risk, *aux_logits = logits
        predictions = [self._probabilities(risk)]
        for task, values in enumerate(aux_logits):
            predicted = self._task_labels.predict(state.rows, batch, task, values)
            if self._has_images is not None:
                shown = self._has_images[batch.cases].unsqueeze(2)  # (k, B, 1)
                predicted = torch.where(shown, predicted, torch.nan)
            predictions.append(predicted)
        return predictions


def _find_images(inputs: Inputs, device: torch.device) -> Tensor | None:
    """Return whether a case has images, bool (n,); None if all have, or none are used."""
    if inputs.slices is None or bool(inputs.slices.has_slices.all()):
        return None
    return inputs.slices.has_slices.to(device)


def _loss_weights(inputs: Inputs, fits: Fits) -> Tensor:
    if fits.loss_weights is None:
        return torch.ones(len(fits), 1 + len(inputs.aux))
    return fits.loss_weights.float()


def _case_indices(mask: Tensor) -> list[Tensor]:
    """Return the indices of each fit's cases, from bool (K, n)."""
    return [row.nonzero().flatten() for row in mask]  # each (cases,)


def _split_cases(cases_by_fit: Sequence[Tensor]) -> Iterator[list[Tensor]]:
    """Yield the cases of each fit, `EVALUATION_CASES` at most at a time."""
    for start in range(0, max(len(cases) for cases in cases_by_fit), EVALUATION_CASES):
        yield [cases[start : start + EVALUATION_CASES] for cases in cases_by_fit]
