"""Fine-tuning: the last stages of an encoder, with weights of their own for each fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.errors import UserError
from lnmbench.nets.data.augmentation import NUMBERS, draw_augmentations
from lnmbench.nets.data.standardization import FeatureMoments, split_cases
from lnmbench.nets.device import upload
from lnmbench.nets.encoder.activations import ActivationStore
from lnmbench.nets.encoder.functional import PREFIX, FunctionalNetwork
from lnmbench.nets.encoder.gradient_caching import CachedEncoder
from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.stacked.principal import (
    OUTLIER,
    average_cases,
    principal_components,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lnmbench.nets.data.batches import TokenPacking
    from lnmbench.nets.data.device_data import DeviceData
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import SliceInputs, TrainableEncoder
    from lnmbench.nets.stacked.active_fits import StackState
    from lnmbench.records import Training

# The share of the memory that all activations may fill during the whole training.
_RESIDENT_SHARE = 2
_PARTS = ("weight", "bias")


class FineTunedEmbedder:
    """A `TokenEmbedder` with stages of the encoder and a projection of its own for each fit.

    Features are standardized with the mean and deviation that the initial weights give over each
    fit's training slices, so that an encoder with unchanged weights gives the tokens of a frozen
    one.

    Parameters
    ----------
    slices
        The slices of all cases.
    encoder
        The stages to train, with the activations of these slices.
    fits
        The fits of the stack.
    settings
        The kind of batch normalization, the precision, and whether to compile.
    data
        The device and the memory that the stack may fill there.
    """

    prefixes: tuple[str, ...] = (PREFIX, "project.")

    def __init__(
        self,
        slices: SliceInputs,
        encoder: TrainableEncoder,
        fits: Fits,
        settings: Training,
        data: DeviceData,
    ) -> None:
        # in float64 they need no shift
        center = torch.zeros(slices.dim, dtype=torch.float64)
        moments = FeatureMoments(slices.offsets, center=center)
        for cases, rows, case in split_cases(slices.offsets, slices.dim):
            moments.add(cases, case, slices.features[rows].double())
        mean, gain = moments.standardization(fits.prepared_cases)
        self._mean, self._gain = mean.to(data.device), gain.to(data.device)
        self._trains_projection = settings.projection == "trained" or settings.token_dim is None
        self._prepared, self._slices = fits.prepared_cases, slices
        self._augmentations = encoder.augmentations
        self._streams = [seeded_generator(seed, "augmentation") for seed in fits.seeds]
        network = FunctionalNetwork(encoder.network, settings, data.device)
        self._encoder = CachedEncoder(
            network,
            ActivationStore(
                encoder, slices.views, data.device, data.memory_bytes // _RESIDENT_SHARE
            ),
            encoder.augmentations,
            memory_bytes=data.memory_bytes,
            device=data.device,
        )
        if network.needs_whole_batch:
            batch_slices = settings.batch_size * float(slices.counts.float().mean())
            _refuse_large_batches(batch_slices * self._encoder.slice_bytes, data.memory_bytes)
        self._standardized: dict[int, tuple[Tensor, Tensor]] = {}

    def initialize(self, values: Mapping[str, Tensor]) -> None:
        """Write a fixed projection: the principal components that the initial weights give.

        Parameters
        ----------
        values
            The parameters of all fits by name, each (K, …).
        """
        weights = values.get("project.weight")
        if weights is None or self._trains_projection:
            return
        features, offsets = self._slices.features, self._slices.offsets
        for fit, prepared in enumerate(self._prepared & self._slices.has_slices):
            means = average_cases(features, offsets, self._mean[fit].cpu(), self._gain[fit].cpu())
            weights[fit] = principal_components(means[prepared], weights.shape[1]).to(weights)

    def forward(self, state: StackState, packing: TokenPacking, *, training: bool) -> Tensor:
        """Return tokens (k, P, d); without a projection the standardized features themselves.

        Parameters
        ----------
        state
            The k fits, with the parameters of the encoder and the projection.
        packing
            The positions of the tokens.
        training
            Whether to augment images and remember the step for `backward`.
        """
        weight, bias = (state.values.get(f"project.{part}") for part in _PARTS)
        width = self._mean.shape[1] if weight is None else weight.shape[1]
        tokens = self._mean.new_zeros(len(state.fits), packing.capacity, width)
        draws = None
        if training and self._augmentations:
            draws = self._draw_augmentations(state.fits, packing)
        self._encoder.start_step(training=training)
        self._standardized = {}
        for row, (fit, positions) in enumerate(
            zip(state.fits, packing.token_positions, strict=True)
        ):
            if not len(positions):
                continue
            positions = upload(positions, tokens.device)
            slices = packing.slice_rows[row, positions]  # (tokens,)
            row_draws = None if draws is None else draws[row, positions]  # (tokens, 6)
            features = self._encoder.forward(state, row, slices, row_draws)
            x = (features - self._mean[fit]) * self._gain[fit]
            x = x if self._trains_projection else x.clamp(-OUTLIER, OUTLIER)
            if training:
                self._standardized[row] = positions, x
            if weight is not None and bias is not None:
                x = torch.addmm(bias[row].detach(), x, weight[row].detach().mT)  # (tokens, d)
            tokens[row].index_copy_(0, positions, x)
        return tokens

    def backward(self, state: StackState, packing: TokenPacking, d_tokens: Tensor) -> None:
        """Write the gradients of the encoder and the projection.

        Parameters
        ----------
        state
            The k fits, with buffers for the gradients.
        packing
            The positions of the tokens.
        d_tokens
            The gradients of the tokens, (k, P, d).
        """
        for name, gradient in state.gradients.items():
            if name.startswith(self.prefixes):
                gradient.zero_()
        for row, (positions, standardized) in self._standardized.items():
            d_features = d_tokens[row, positions]  # (tokens, d)
            if "project.weight" in state.values:
                if self._trains_projection:
                    d_weight, d_bias = (state.gradients[f"project.{part}"] for part in _PARTS)
                    torch.mm(d_features.mT, standardized, out=d_weight[row])  # (d, D)
                    torch.sum(d_features, 0, out=d_bias[row])  # (d,)
                d_features = d_features @ state.values["project.weight"][row].detach()
                if not self._trains_projection:
                    d_features = d_features * (standardized.abs() < OUTLIER)
            d_features = d_features * self._gain[state.fits[row]]  # (tokens, D)
            self._encoder.backward(state, row, d_features)
        self._encoder.start_step(training=False)
        self._standardized = {}

    def _draw_augmentations(self, fits: Sequence[int], packing: TokenPacking) -> Tensor:
        """Return random numbers for each position, (k, P, 6), the same for all slices of a case."""
        case = packing.case_indices()
        draws = torch.zeros(len(fits), packing.lists, NUMBERS)
        for row, (fit, columns) in enumerate(zip(fits, packing.list_columns(), strict=True)):
            draws[row, columns] = draw_augmentations(len(columns), self._streams[fit])
        rows = torch.arange(len(fits), device=case.device)[:, None]  # (k, 1)
        return draws.to(case.device)[rows, case]  # (k, P, 6)


def _refuse_large_batches(needed_bytes: float, memory_bytes: int) -> None:
    """Raise `UserError` if a batch that must be in one call needs more memory than there is."""
    if needed_bytes > memory_bytes:
        raise UserError(
            "batch_norm=batch needs all slices of a batch in memory at once",
            expected=f"at most {memory_bytes / 1e9:.1f} GB",
            got=f"about {needed_bytes / 1e9:.1f} GB",
            then="use a smaller batch_size, batch_norm=frozen, or more --memory",
        )
