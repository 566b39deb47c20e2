"""The network of K fits with their cases: from batches to logits and probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.nets.assembly import build_embedder, build_network
from lnmbench.nets.case_features import CaseFeatures, TableFeatures
from lnmbench.nets.data.packing import ChosenExamples, choose_layout, pack_steps
from lnmbench.nets.inputs import has_case_tokens
from lnmbench.nets.stacked.dropout import StepDropout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.data.batches import Batch
    from lnmbench.nets.data.device_data import DeviceData
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.nets.stacked.active_fits import StackState
    from lnmbench.records import Training

EVALUATION_CASES = 64
"""Cases of each fit that are evaluated at once: bounds the memory, not the numbers."""


class StackedModel:
    """The network of K fits, and the inputs of their cases on a device.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits of the stack.
    settings
        The widths of the network and its learning rates.
    weighting
        The weighting, for the scalars that it learns.
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
        self._offsets = None if inputs.slices is None else inputs.slices.offsets
        self._has_images = _find_images(inputs, self.device)
        self._averaged = has_case_tokens(inputs, settings)
        self._layout = choose_layout(settings.pooling, settings.layers)
        self._ordered, self.outcomes = inputs.ordered, inputs.outcomes
        self.network = build_network(inputs, fits, settings, weighting)
        has_slices = None if inputs.slices is None else inputs.slices.has_slices
        self._table = TableFeatures(fits, data.device, has_slices)
        self.embedder = build_embedder(inputs, fits, settings, data)

    def initialize(self, values: Mapping[str, Tensor]) -> None:
        """Write the initial values of parameters that depend on a fit's training cases.

        Parameters
        ----------
        values
            The parameters of all fits by name, each (K, …).
        """
        if self.embedder is not None:
            self.embedder.initialize(values)

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

    def evaluation_batches(
        self, cases_by_fit: Sequence[Tensor], chosen: ChosenExamples | None = None
    ) -> Iterator[Batch]:
        """Yield batches of all cases, `EVALUATION_CASES` of each fit at most at a time.

        Parameters
        ----------
        cases_by_fit
            The indices of the cases of each fit, int64 (n_k,).
        chosen
            The examples of the cases, for the losses or predictions of auxiliary tasks.
        """
        return self.make_batches(list(_split_cases(cases_by_fit)), chosen)

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
        if self.embedder is None or batch.packing is None:
            return None
        tokens = self.embedder.forward(state, batch.packing, training=training)
        return tokens.requires_grad_(bool(self.embedder.prefixes))

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
        return self.probabilities(self._target_logits(state, features, values, StepDropout()))

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities of the target's logits, (k, B, outcomes)."""
        p = torch.sigmoid(logits)  # (k, B, outcomes)
        return p.cummin(2).values if self._ordered else p

    def mask_missing_images(self, predicted: Tensor, cases: Tensor) -> Tensor:
        """Return predictions (k, B, outputs), NaN for cases without images.

        Parameters
        ----------
        predicted
            Predictions that come from images alone.
        cases
            The cases of each fit, (k, B).
        """
        if self._has_images is None:
            return predicted
        return torch.where(self._has_images[cases].unsqueeze(2), predicted, torch.nan)

    @property
    def droppable_modalities(self) -> int:
        """Return the number of modalities that dropout may omit, with images if there are any."""
        return self._table.droppable


def _find_images(inputs: Inputs, device: torch.device) -> Tensor | None:
    """Return whether a case has images, bool (n,); None if all have, or none are used."""
    if inputs.slices is None or bool(inputs.slices.has_slices.all()):
        return None
    return inputs.slices.has_slices.to(device)


def case_indices(mask: Tensor) -> list[Tensor]:
    """Return the indices of each fit's cases, from bool (K, n)."""
    return [row.nonzero().flatten() for row in mask]  # each (cases,)


def _split_cases(cases_by_fit: Sequence[Tensor]) -> Iterator[list[Tensor]]:
    """Yield the cases of each fit, `EVALUATION_CASES` at most at a time."""
    for start in range(0, max(len(cases) for cases in cases_by_fit), EVALUATION_CASES):
        yield [cases[start : start + EVALUATION_CASES] for cases in cases_by_fit]
