"""The network behind the frozen encoder, for K models at once: a body and its heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lnmbench.nets.stacked.bodies import ClinicalBody, SliceBody
from lnmbench.nets.stacked.dropout import apply_dropout
from lnmbench.nets.stacked.layers import StackedCutPoints, StackedLinear, StackedModule
from lnmbench.nets.stacked.parameters import Parameter, scale_learning_rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lnmbench.nets.data.batches import TokenPacking
    from lnmbench.nets.stacked.dropout import StepDropout


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
        return (*self.body.parameters(), *scale_learning_rate(heads, lr_scale), *scalars)

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
