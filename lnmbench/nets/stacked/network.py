"""The network behind the frozen encoder, for K models at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lnmbench.nets.data.packing import block_size_for
from lnmbench.nets.stacked.dropout import DropoutMask, apply_dropout
from lnmbench.nets.stacked.layers import (
    StackedCutPoints,
    StackedEncoderLayer,
    StackedLinear,
    StackedModule,
)
from lnmbench.nets.stacked.parameters import Parameter
from lnmbench.nets.stacked.pooling import Pooling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
            yield from _scale_learning_rate(linear.parameters(), lr_scale)
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuxHead:
    """The head of an auxiliary task.

    Parameters
    ----------
    name
        The name of the head; its parameters are named `aux.NAME.…`.
    outputs
        The number of outputs.
    bags
        The number of bags of an example, whose image features it takes; 0 for those of the case.
    module
        Maps image features (n, image_features), or (n, bags, image_features), to (n, outputs); None
        for a linear head. Each fit starts from its parameters.
    """

    name: str
    outputs: int
    bags: int = 0
    module: nn.Module | None = None

    def layer(self, features: int) -> StackedLinear | StackedModule:
        """Return the layer of the head for image features of this number."""
        name = f"aux.{self.name}"
        if self.module is not None:
            return StackedModule(name=name, module=self.module)
        inputs = features * max(1, self.bags)
        return StackedLinear(name=name, inputs=inputs, outputs=self.outputs, zero=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A body and its heads.

    The target's head takes the body's features, the clinical features, and those that a layer makes
    of each other modality; the other heads take the body's features alone. Parameters of heads are
    named `target.…` and `aux.NAME.…`.

    Parameters
    ----------
    body
        The part that all heads share.
    clinical
        The number of clinical features.
    modalities
        The name of each other modality and the number of its features.
    aux
        The heads of the auxiliary tasks.
    weighting_scalars
        Initial values of the weighting's scalars, which each model learns for itself.
    outcomes
        The number of outcomes of the target, which are its logits.
    ordered
        Whether the outcomes are cut points of ordered classes, whose logits differ by constants.
    """

    body: SliceBody | ClinicalBody
    clinical: int
    modalities: tuple[tuple[str, int], ...] = ()
    aux: tuple[AuxHead, ...] = ()
    weighting_scalars: tuple[float, ...] = ()
    outcomes: int = 1
    ordered: bool = False

    @property
    def _target(self) -> StackedLinear | StackedCutPoints:
        # Heads start at zero: small rates would take many epochs to unlearn random predictions.
        features = self.body.settings.image_features
        inputs = features * (1 + len(self.modalities)) + self.clinical
        if self.ordered:
            return StackedCutPoints(name="target", inputs=inputs, outputs=self.outcomes)
        return StackedLinear(name="target", inputs=inputs, outputs=self.outcomes, zero=True)

    @property
    def _modality_layers(self) -> tuple[StackedLinear, ...]:
        outputs = self.body.settings.image_features
        return tuple(
            StackedLinear(name=f"target.{name}", inputs=width, outputs=outputs)
            for name, width in self.modalities
        )

    @property
    def case_dropout_width(self) -> int:
        """Return the number of dropout factors of a case."""
        return self.body.case_dropout_width + sum(width for _, width in self.modalities)

    @property
    def _aux_layers(self) -> tuple[StackedLinear | StackedModule, ...]:
        return tuple(head.layer(self.body.settings.image_features) for head in self.aux)

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of body, heads and weighting."""
        settings = self.body.settings
        lr_scale = settings.head_learning_rate / settings.learning_rate
        layers = (self._target, *self._modality_layers, *self._aux_layers)
        heads = (p for head in layers for p in head.parameters())
        scalars = (
            Parameter(name=f"weighting.{i}", shape=(), fill=value)
            for i, value in enumerate(self.weighting_scalars)
        )
        return (*self.body.parameters(), *_scale_learning_rate(heads, lr_scale), *scalars)

    def stack_weighting_scalars(self, values: Mapping[str, Tensor]) -> Tensor:
        """Return the weighting's scalars.

        Parameters
        ----------
        values
            The parameters of K fits by name, each (K, …).

        Returns
        -------
        Tensor
            (K, scalars); (K, 0) for a weighting without scalars.
        """
        if not self.weighting_scalars:
            parameter = next(iter(values.values()))
            return parameter.new_empty(len(parameter), 0)
        names = (f"weighting.{i}" for i in range(len(self.weighting_scalars)))
        return torch.stack([values[name] for name in names], dim=1)  # (K, scalars)

    def features(
        self,
        values: Mapping[str, Tensor],
        tokens: Tensor | None,
        clinical: Tensor,
        packing: TokenPacking | None,
        dropout: StepDropout,
    ) -> Tensor:
        """Return image features (K, B + bags, image_features) of cases and bags of examples.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        tokens
            Packed tokens (K, P, width) from a `TokenEmbedder`; None for a network without images.
        clinical
            Clinical features (K, B, C), and those of all modalities, for a network without images.
        packing
            The positions of the tokens; None for a network without images.
        dropout
            The step's dropout.
        """
        if isinstance(self.body, ClinicalBody):
            return self.body(values, clinical, dropout)
        if tokens is None or packing is None:
            raise ValueError("a network with images needs tokens and their positions")
        return self.body(values, tokens, packing, dropout)

    def modality_features(
        self,
        values: Mapping[str, Tensor],
        modalities: Sequence[Tensor],
        shares: Tensor,
        dropout: StepDropout,
    ) -> Tensor:
        """Return what the layer of each modality makes of its features, times its factor.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        modalities
            Features (K, B, W) of each modality.
        shares
            The factor on each modality of a case, 0 if it lacks it, (K, B, modalities).
        dropout
            The step's dropout, from which the body has taken its factors.

        Returns
        -------
        Tensor
            (K, B, modalities · image_features).
        """
        cases = shares.shape[1]
        outputs = []
        for position, (layer, x) in enumerate(zip(self._modality_layers, modalities, strict=True)):
            factors = dropout.cases.take(layer.inputs)
            x = apply_dropout(x, None if factors is None else factors[:, :cases])
            share = shares[:, :, position, None]  # (K, B, 1)
            outputs.append(layer(values, x) * share)  # (K, B, image_features)
        return torch.cat(outputs, dim=2)

    def target_logits(
        self, values: Mapping[str, Tensor], features: Tensor, clinical: Tensor
    ) -> Tensor:
        """Return the target's logits (K, B, outcomes).

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        features
            Image features (K, B + bags, image_features); the first B are those of the cases.
        clinical
            Clinical features (K, B, C), and those of `modality_features` if there are modalities.
        """
        of_cases = features[:, : clinical.shape[1]]
        return self._target(values, torch.cat([of_cases, clinical], dim=2))  # (K, B, outcomes)

    def aux_logits(
        self, values: Mapping[str, Tensor], features: Tensor, cases: int
    ) -> tuple[Tensor, ...]:
        """Return logits (K, B, outputs) of each auxiliary task.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        features
            Image features (K, B + bags, image_features): those of the cases, and for each task with
            examples those of the bags of each case.
        cases
            The number of cases, B.
        """
        logits, first = [], 0
        of_bags = features[:, cases:].reshape(len(features), cases, -1, features.shape[2])
        for head, layer in zip(self.aux, self._aux_layers, strict=True):
            inputs = features[:, :cases]  # (K, B, image_features)
            if head.bags:
                inputs = of_bags[:, :, first : first + head.bags]  # (K, B, bags, image_features)
                first += head.bags
                if isinstance(layer, StackedLinear):
                    inputs = inputs.flatten(2)  # (K, B, bags · image_features)
            logits.append(layer(values, inputs))
        return tuple(logits)


def _scale_learning_rate(parameters: Iterable[Parameter], lr_scale: float) -> Iterator[Parameter]:
    return (replace(parameter, lr_scale=lr_scale) for parameter in parameters)
