"""The cases, labels and losses of K fits: what is computed of a stack's parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.nets.data.packing import AT_ONCE, Batch, pack
from lnmbench.nets.data.views import Views
from lnmbench.nets.encoder.fine_tuning import FineTuned, FineTunedBody, trained_parameters
from lnmbench.nets.losses import aux_losses, known_labels, mean_of, target_losses
from lnmbench.nets.stacked.dropout import Keep
from lnmbench.nets.stacked.network import ClinicalBody, Network, SliceBody
from lnmbench.nets.stacked.projection import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lnmbench.contracts import Weighting
    from lnmbench.nets.data.device_data import Shared
    from lnmbench.nets.fits import Fits, Inputs
    from lnmbench.nets.stacked.embedding import Front
    from lnmbench.records import Training

# Bytes that fine-tuning shares out where nobody says how many there are.


class Problem:
    """Inputs and fits on a device, with the network that is to learn from them.

    Methods are told which fits the rows of their values belong to: the fits that still train.
    """

    def __init__(
        self,
        inputs: Inputs,
        fits: Fits,
        settings: Training,
        weighting: Weighting,
        shared: Shared,
    ) -> None:
        self.fits, self.device = fits, shared.device
        device = shared.device
        self._inputs, self._weighting = inputs, weighting
        self.network = build_network(inputs, fits, settings, weighting)
        self.training = [own.nonzero().flatten() for own in fits.training]
        self._validation = [own.nonzero().flatten() for own in fits.validation]
        self._validated: tuple[tuple[int, ...], list[Batch]] = ((), [])
        self._clinical = fits.clinical.float().to(device)
        self._target = inputs.target.float().to(device)
        self._labels = [
            tuple(part.to(device) for part in known_labels(task.targets.float()))
            for task in inputs.aux
        ]
        self._loss_weights = _loss_weights(inputs, fits).to(device)
        self._front = _front_of(inputs, fits, settings, shared)

    def batch(self, chosen: Sequence[Tensor]) -> Batch:
        """Return the batch of these cases of each fit."""
        return pack(chosen, self._inputs.offsets, self.device)

    def tokens(
        self,
        fits: Sequence[int],
        values: Mapping[str, Tensor],
        batch: Batch,
        *,
        training: bool = False,
    ) -> Tensor | None:
        """Return tokens (k, P, d), a leaf for autograd; None where there are no slices."""
        if self._front is None or batch.slots is None:
            return None
        tokens = self._front.forward(fits, values, batch.slots, training=training)
        return tokens.requires_grad_()

    def logits(
        self,
        fits: Sequence[int],
        values: Mapping[str, Tensor],
        tokens: Tensor | None,
        batch: Batch,
        keep: Keep,
    ) -> tuple[Tensor, ...]:
        """Return logits (k, B, outputs) of each task, the target's first."""
        rows = torch.as_tensor(fits, device=self.device).unsqueeze(1)
        return self.network(values, tokens, self._clinical[rows, batch.cases], batch, keep)

    def losses(
        self,
        fits: Sequence[int],
        values: Mapping[str, Tensor],
        tokens: Tensor | None,
        batch: Batch,
        keep: Keep,
    ) -> tuple[Tensor, Tensor]:
        """Return the target's losses, summed over each fit's cases (k,), and what to descend.

        The latter is one number: the combined losses of the fits, added.
        """
        risk, *logits = self.logits(fits, values, tokens, batch, keep)
        sums = target_losses(risk, self._target[batch.cases], batch.present)
        losses = [mean_of(sums, batch.counts)]
        for task, own, (labels, known) in zip(self._inputs.aux, logits, self._labels, strict=True):
            counted = known[batch.cases] & batch.present
            losses.append(aux_losses(task.task, own, labels[batch.cases], counted))
        rows = torch.as_tensor(fits, device=self.device)
        weighted = torch.stack(losses, dim=1) * self._loss_weights[rows]
        combined = self._weighting.combine(weighted, self.network.learned_of(values))
        if combined.shape != (len(fits),):
            shapes = f"{tuple(combined.shape)} from {tuple(weighted.shape)}"
            raise ValueError(f"the weighting combines losses to {shapes}, not one for each fit")
        return sums.detach(), combined.sum()

    def backward(
        self,
        fits: Sequence[int],
        total: Tensor,
        values: Mapping[str, Tensor],
        tokens: Tensor | None,
        batch: Batch,
        gradients: Mapping[str, Tensor],
    ) -> None:
        """Write the gradients of the total for every parameter."""
        own = () if self._front is None else self._front.prefixes
        names = [name for name in values if not name.startswith(own)]
        sources = [values[name] for name in names] + ([] if tokens is None else [tokens])
        found = torch.autograd.grad(total, sources, allow_unused=True, materialize_grads=True)
        for name, gradient in zip(names, found, strict=False):
            gradients[name].copy_(gradient)
        if self._front is not None and batch.slots is not None:
            self._front.backward(fits, values, found[-1], batch.slots, gradients)

    @torch.no_grad()
    def validation_losses(self, fits: Sequence[int], values: Mapping[str, Tensor]) -> Tensor:
        """Return (k,): each fit's mean loss of the target over its validation cases, on the CPU."""
        if self._validated[0] != tuple(fits):
            cases = [self._validation[fit] for fit in fits]
            self._validated = (tuple(fits), [self.batch(own) for own in _in_parts(cases)])
        sums = torch.zeros(len(fits), device=self.device)
        for batch in self._validated[1]:
            tokens = self.tokens(fits, values, batch)
            risk = self.logits(fits, values, tokens, batch, Keep())[0]
            sums += target_losses(risk, self._target[batch.cases], batch.present)
        return mean_of(sums, [len(self._validation[fit]) for fit in fits]).cpu()

    @torch.no_grad()
    def predict(self, values: Mapping[str, Tensor]) -> dict[str, NDArray[np.float64]]:
        """Return what all K fits predict: by task (K, n, outputs), NaN where not asked for."""
        fits, n = range(len(self.fits)), self.fits.predicted.shape[1]
        names = [self._inputs.target_name, *(task.name for task in self._inputs.aux)]
        outputs = [1, *(task.task.outputs for task in self._inputs.aux)]
        found = {
            name: np.full((len(fits), n, width), np.nan)
            for name, width in zip(names, outputs, strict=True)
        }
        for chosen in _in_parts([own.nonzero().flatten() for own in self.fits.predicted]):
            batch = self.batch(chosen)
            tokens = self.tokens(fits, values, batch)
            probabilities = self._probabilities(self.logits(fits, values, tokens, batch, Keep()))
            row, column = (index.numpy() for index in batch.present.cpu().nonzero().unbind(1))
            cases = batch.cases.cpu().numpy()[row, column]
            for name, own in zip(names, probabilities, strict=True):
                found[name][row, cases] = own.double().cpu().numpy()[row, column]
        return found

    def _probabilities(self, logits: tuple[Tensor, ...]) -> list[Tensor]:
        risk, *others = logits
        tasks = (task.task for task in self._inputs.aux)
        return [
            torch.sigmoid(risk),
            *(task.probabilities(own) for task, own in zip(tasks, others, strict=True)),
        ]


def build_network(inputs: Inputs, fits: Fits, settings: Training, weighting: Weighting) -> Network:
    """Return the network for these inputs: without slices, one on clinical features alone."""
    clinical = fits.clinical.shape[2]
    body: SliceBody | ClinicalBody
    if inputs.slices is not None and inputs.offsets is not None:
        longest, dim = int(inputs.offsets.diff().max()), inputs.slices.shape[1]
        body = SliceBody(dim=dim, longest=longest, settings=settings)
        if inputs.trainable_encoder is not None:
            trained = trained_parameters(inputs.trainable_encoder.network, settings)
            body = FineTunedBody(dim=dim, longest=longest, settings=settings, trained=trained)
    else:
        body = ClinicalBody(clinical=clinical, settings=settings)
    aux = {task.head or task.name: task.task.outputs for task in inputs.aux}
    learned = tuple(weighting.learned([inputs.target_name, *aux]))
    return Network(body=body, clinical=clinical, aux=aux, learned=learned)


def _front_of(inputs: Inputs, fits: Fits, settings: Training, shared: Shared) -> Front | None:
    if inputs.slices is None or inputs.offsets is None:
        return None
    front: Front
    if inputs.trainable_encoder is not None:
        front = FineTuned(inputs, fits, settings, shared.device, shared.memory)
    else:
        assert shared.features is not None
        others = (inputs.views - 1) * len(inputs.target)
        front = Projection(shared.features, functional.pad(fits.training, (0, others)))
    if inputs.views == 1:
        return front
    return Views(front, fits.seeds, views=inputs.views, slices=int(inputs.offsets[-1]))


def _loss_weights(inputs: Inputs, fits: Fits) -> Tensor:
    if fits.loss_weights is None:
        return torch.ones(len(fits), 1 + len(inputs.aux))
    return fits.loss_weights.float()


def _in_parts(cases: Sequence[Tensor]) -> Iterator[list[Tensor]]:
    """Yield at most so many cases of each fit at a time."""
    for start in range(0, max(len(own) for own in cases), AT_ONCE):
        yield [own[start : start + AT_ONCE] for own in cases]
