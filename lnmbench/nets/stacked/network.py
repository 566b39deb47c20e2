"""The network behind the frozen encoder, for K models at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.data.packing import block_for
from lnmbench.nets.stacked.layers import StackedEncoderLayer, StackedLinear, dropped
from lnmbench.nets.stacked.parameters import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lnmbench.nets.data.packing import Batch
    from lnmbench.nets.stacked.dropout import Keep
    from lnmbench.records import Training

_HIDDEN = 32


def at_pace(pace: float, parameters: Iterable[Parameter]) -> Iterator[Parameter]:
    """Yield the parameters with a pace of their own."""
    return (replace(parameter, pace=pace) for parameter in parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceBody:
    """Tokens of a case's slices → transformer encoder → mean over slices → features.

    `dim` is the number of features of a slice; the projection from there to tokens has its
    parameters here (`project.weight`, `project.bias`) and its arithmetic in `Projection`.
    """

    dim: int
    longest: int
    settings: Training

    @property
    def width(self) -> int:
        """The width of a token: the encoder's own where the settings name none."""
        return self.settings.token_dim or self.dim

    @property
    def _layers(self) -> tuple[StackedEncoderLayer, ...]:
        width, heads, block = self.width, self.settings.heads, block_for(self.longest)
        return tuple(
            StackedEncoderLayer(
                name=f"encoder.layers.{i}",
                width=width,
                heads=heads,
                block=block,
                # the features of an encoder themselves may be as large as they like
                bounded=i > 0 or self.settings.token_dim is not None,
            )
            for i in range(self.settings.layers)
        )

    @property
    def _fc(self) -> StackedLinear:
        outputs = self.settings.image_features
        return StackedLinear(name="fc", inputs=self.width, outputs=outputs)

    @property
    def places(self) -> int:
        """The places for dropout of a token."""
        return sum(layer.places for layer in self._layers)

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of all layers, the projection's first."""
        width = self.width
        project: tuple[Parameter, ...] = ()
        if self.settings.token_dim is not None:
            project = StackedLinear(name="project", inputs=self.dim, outputs=width).parameters()
        # Adam moves every weight by about its rate, so that the more inputs a token has, the
        # farther a step would take it (Yang et al. 2022).
        pace = min(1.0, math.sqrt(width / self.dim))
        encoder = (parameter for layer in self._layers for parameter in layer.parameters())
        return (*at_pace(pace, project), *encoder, *self._fc.parameters())

    def __call__(
        self, values: Mapping[str, Tensor], tokens: Tensor, batch: Batch, keep: Keep
    ) -> Tensor:
        """Return features (K, B, image_features) of tokens (K, P, token_dim)."""
        assert batch.slots is not None
        for layer in self._layers:
            tokens = layer(values, tokens, batch.slots, keep)
        return self._fc(values, torch.bmm(batch.slots.pool, tokens))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalBody:
    """Clinical features → hidden layer → as many features as the slices would give."""

    clinical: int
    settings: Training

    @property
    def _layers(self) -> tuple[StackedLinear, StackedLinear]:
        return (
            StackedLinear(name="hidden", inputs=self.clinical, outputs=_HIDDEN),
            StackedLinear(name="fc", inputs=_HIDDEN, outputs=self.settings.image_features),
        )

    @property
    def places(self) -> int:
        """The places for dropout of a case."""
        return _HIDDEN

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of both layers."""
        return tuple(parameter for layer in self._layers for parameter in layer.parameters())

    def __call__(
        self, values: Mapping[str, Tensor], clinical: Tensor, batch: Batch, keep: Keep
    ) -> Tensor:
        """Return features (K, B, image_features) of clinical features (K, B, C)."""
        hidden, fc = self._layers
        inside = dropped(hidden(values, clinical).relu_(), keep.take(_HIDDEN))
        return fc(values, inside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A body and its heads.

    The target's head takes the body's features and the clinical features, the other heads the
    body's features alone.
    `aux` maps the names of the auxiliary tasks to their outputs. Parameters of heads are named
    `target.…` and `aux.NAME.…`; `learned` are the start values of the weighting's scalars, which
    each model learns for itself.
    """

    body: SliceBody | ClinicalBody
    clinical: int
    aux: Mapping[str, int]
    learned: tuple[float, ...] = ()

    @property
    def _heads(self) -> tuple[StackedLinear, ...]:
        features = self.body.settings.image_features
        target = StackedLinear(name="target", inputs=features + self.clinical, outputs=1)
        aux = (
            StackedLinear(name=f"aux.{name}", inputs=features, outputs=outputs)
            for name, outputs in self.aux.items()
        )
        return (target, *aux)

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of body, heads and weighting."""
        settings = self.body.settings
        pace = settings.head_learning_rate / settings.learning_rate
        heads = (parameter for head in self._heads for parameter in head.parameters())
        learned = (
            Parameter(name=f"weighting.{i}", shape=(), start=start)
            for i, start in enumerate(self.learned)
        )
        return (*self.body.parameters(), *at_pace(pace, heads), *learned)

    def learned_of(self, values: Mapping[str, Tensor]) -> Tensor:
        """Return the weighting's scalars, (K, scalars)."""
        if not self.learned:
            some = next(iter(values.values()))
            return some.new_empty(len(some), 0)
        return torch.stack([values[f"weighting.{i}"] for i in range(len(self.learned))], dim=1)

    def __call__(
        self,
        values: Mapping[str, Tensor],
        tokens: Tensor | None,
        clinical: Tensor,
        batch: Batch,
        keep: Keep,
    ) -> tuple[Tensor, ...]:
        """Return logits (K, B, outputs) of each task, the target's first.

        `tokens` (K, P, d) come from the projection, None for a network without images; `clinical`
        is (K, B, C).
        """
        features = self.body(values, clinical if tokens is None else tokens, batch, keep)
        target, *aux = self._heads
        risk = target(values, torch.cat([features, clinical], dim=2))
        return (risk, *(head(values, features) for head in aux))
