"""Bodies of networks for K models at once: from slices, or clinical features, to features."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.data.packing import block_size_for
from lnmbench.nets.stacked.dropout import DropoutMask, apply_dropout
from lnmbench.nets.stacked.layers import StackedEncoderLayer, StackedLinear
from lnmbench.nets.stacked.parameters import Parameter, scale_learning_rate
from lnmbench.nets.stacked.pooling import Pooling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lnmbench.nets.data.batches import TokenPacking
    from lnmbench.nets.stacked.dropout import StepDropout
    from lnmbench.records import Training

_HIDDEN_WIDTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceBody:
    """Tokens of a case's slices → transformer encoder → pooling over slices → features.

    A trained projection of slice features to tokens has its parameters here (`project.weight`,
    `project.bias`) and its arithmetic in `Projection`. A fixed one has parameters only behind
    encoder stages that are trained.

    Parameters
    ----------
    dim
        The number of features of a slice.
    max_slices
        The largest number of slices of a case.
    settings
        The widths of the network and its learning rates.
    encoder_parameters
        The parameters of an image encoder whose last stages train with the network.
    """

    dim: int
    max_slices: int
    settings: Training
    encoder_parameters: tuple[Parameter, ...] = ()

    @property
    def width(self) -> int:
        """Return the width of a token: the encoder's own unless the settings name one."""
        return self.settings.token_dim or self.dim

    @property
    def _layers(self) -> tuple[StackedEncoderLayer, ...]:
        return tuple(
            StackedEncoderLayer(
                name=f"encoder.layers.{i}",
                width=self.width,
                heads=self.settings.heads,
                block_size=block_size_for(self.max_slices + self._class_tokens),
                # features of an encoder and their components may be as large as they like
                bounded=i > 0 or self._trains_projection,
            )
            for i in range(self.settings.layers)
        )

    @property
    def _fc(self) -> StackedLinear:
        outputs = self.settings.image_features
        return StackedLinear(name="fc", inputs=self.width, outputs=outputs)

    @property
    def _pooling(self) -> Pooling:
        return Pooling(kind=self.settings.pooling, width=self.width)

    @property
    def _class_tokens(self) -> int:
        return int(self.settings.pooling == "transformer")

    @property
    def _trains_projection(self) -> bool:
        return self.settings.token_dim is not None and self.settings.projection == "trained"

    @property
    def token_dropout_width(self) -> int:
        """Return the number of dropout factors of a token."""
        return sum(layer.dropout_width for layer in self._layers)

    @property
    def case_dropout_width(self) -> int:
        """Return the number of dropout factors of a case."""
        return self.width

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of the image encoder, the projection and all layers."""
        layers = (parameter for layer in self._layers for parameter in layer.parameters())
        return (
            *self.encoder_parameters,
            *self._projection_parameters(),
            *layers,
            *self._pooling.parameters(),
            *self._fc.parameters(),
        )

    def _projection_parameters(self) -> Iterator[Parameter]:
        linear = StackedLinear(name="project", inputs=self.dim, outputs=self.width)
        if self._trains_projection:
            # Adam moves every weight by about its rate, so that the more inputs a token has, the
            # farther a step would take it (Yang et al. 2022).
            lr_scale = min(1.0, math.sqrt(self.width / self.dim))
            yield from scale_learning_rate(linear.parameters(), lr_scale)
        elif self.settings.token_dim is not None and self.encoder_parameters:
            for parameter in linear.parameters():
                yield replace(parameter, bound=0.0, decays=False, lr_scale=0.0)

    def __call__(
        self,
        values: Mapping[str, Tensor],
        tokens: Tensor,
        packing: TokenPacking,
        dropout: StepDropout,
    ) -> Tensor:
        """Return features (K, B, image_features) of each case.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        tokens
            Packed tokens (K, P, width).
        packing
            The positions of the tokens.
        dropout
            The step's dropout.
        """
        pooling = self._pooling
        tokens = pooling.add_class_tokens(values, tokens, packing)
        for layer in self._layers:
            tokens = layer(values, tokens, packing, dropout.tokens)
        pooled = pooling(values, tokens, packing)  # (K, B, width)
        return self._fc(values, apply_dropout(pooled, dropout.cases.take(self.width)))

    def slice_weights(
        self, values: Mapping[str, Tensor], tokens: Tensor, packing: TokenPacking
    ) -> Tensor:
        """Return the weight of each position in the pooled vector of its case, (K, P).

        Through the layers, attention is followed by rollout (Abnar and Zuidema 2020): each layer
        counts half by its attention, averaged over the heads, and half by its residual connection.

        Parameters
        ----------
        values, tokens, packing
            As in the call.
        """
        tokens = self._pooling.add_class_tokens(values, tokens, packing)
        attention = []
        for layer in self._layers:
            attention.append(layer.attention(values, tokens, packing))  # (blocks, N, N)
            tokens = layer(values, tokens, packing, DropoutMask())
        weights = self._pooling.position_weights(values, tokens, packing)  # (K, P)
        for matrix in reversed(attention):
            by_block = weights.reshape(-1, 1, packing.block_size)  # (blocks, 1, N)
            weights = torch.bmm(by_block, matrix).add_(by_block).view_as(weights) / 2
        return weights


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalBody:
    """Clinical features → hidden layer → as many features as a `SliceBody` has.

    `clinical` is the number of clinical features.
    """

    clinical: int
    settings: Training

    @property
    def _layers(self) -> tuple[StackedLinear, StackedLinear]:
        return (
            StackedLinear(name="hidden", inputs=self.clinical, outputs=_HIDDEN_WIDTH),
            StackedLinear(name="fc", inputs=_HIDDEN_WIDTH, outputs=self.settings.image_features),
        )

    @property
    def token_dropout_width(self) -> int:
        """Return 0: there are no tokens."""
        return 0

    @property
    def case_dropout_width(self) -> int:
        """Return the number of dropout factors of a case."""
        return _HIDDEN_WIDTH

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of both layers."""
        return tuple(parameter for layer in self._layers for parameter in layer.parameters())

    def __call__(
        self, values: Mapping[str, Tensor], clinical: Tensor, dropout: StepDropout
    ) -> Tensor:
        """Return features (K, B, image_features) of each case.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        clinical
            Clinical features (K, B, C).
        dropout
            The step's dropout.
        """
        hidden, fc = self._layers
        activations = hidden(values, clinical).relu_()  # (K, B, hidden)
        return fc(values, apply_dropout(activations, dropout.cases.take(_HIDDEN_WIDTH)))
