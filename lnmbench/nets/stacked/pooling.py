"""Pooling of a case's tokens for K models at once: mean, maximum, attention, or a class token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from lnmbench.nets.data.packing import SparsePooling
from lnmbench.nets.stacked.layers import StackedLinear
from lnmbench.nets.stacked.parameters import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lnmbench.nets.data.packing import TokenPacking

ATTENTION_WIDTH = 32
_CLASS_TOKEN = "pool.token"
_MASKED = -1e30


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """Pooling of tokens (K, P, width) to one vector of each case and bag, (K, B, width).

    `attention` is that of Ilse et al. (2018): the weights of a case's tokens are the softmax of
    wᵀ tanh(V h), with `gated_attention` of wᵀ (tanh(V h) ⊙ sigmoid(U h)). The scores start at zero,
    so that both start as the mean. `transformer` reads a token that the transformer layers see with
    the tokens of the case, and that each model learns (as in BERT, Devlin et al. 2019).
    """

    kind: Literal["mean", "max", "attention", "gated_attention", "transformer"]
    width: int

    @property
    def _hidden(self) -> tuple[StackedLinear, ...]:
        names = {"attention": ("pool.hidden",), "gated_attention": ("pool.hidden", "pool.gate")}
        return tuple(
            StackedLinear(name=name, inputs=self.width, outputs=ATTENTION_WIDTH)
            for name in names.get(self.kind, ())
        )

    @property
    def _score(self) -> StackedLinear:
        return StackedLinear(name="pool.score", inputs=ATTENTION_WIDTH, outputs=1, zero=True)

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters, none of the mean and the maximum."""
        if self.kind == "transformer":
            return (Parameter(name=_CLASS_TOKEN, shape=(self.width,)),)
        layers = (*self._hidden, self._score) if self._hidden else ()
        return tuple(parameter for layer in layers for parameter in layer.parameters())

    def add_class_tokens(
        self, values: Mapping[str, Tensor], tokens: Tensor, packing: TokenPacking
    ) -> Tensor:
        """Return the tokens with the class token of each model at its places, if there are any.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        tokens
            Packed tokens (K, P, width).
        packing
            The positions of the tokens.
        """
        if packing.class_mask is None:
            return tokens
        token = values[_CLASS_TOKEN].unsqueeze(1)  # (K, 1, width)
        return torch.where(packing.class_mask.unsqueeze(2), token, tokens)

    def __call__(
        self, values: Mapping[str, Tensor], tokens: Tensor, packing: TokenPacking
    ) -> Tensor:
        """Return one vector of each case and bag, (K, B, width).

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        tokens
            Packed tokens (K, P, width).
        packing
            The positions of the tokens.
        """
        if self.kind in ("mean", "transformer"):
            return packing.average(tokens)
        if packing.places is None:
            raise ValueError(f"pooling {self.kind} needs the places of the tokens of each case")
        if self.kind == "max":
            return _take_maximum(tokens, packing.places)
        return _weigh(tokens, packing, self.weights(values, tokens, packing.places))

    def weights(self, values: Mapping[str, Tensor], tokens: Tensor, places: Tensor) -> Tensor:
        """Return the attention weights of each case's tokens, (K, B, S); 0 beyond its tokens.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        tokens
            Packed tokens (K, P, width).
        places
            The positions of each case's tokens, (K, B, S); -1 beyond them.
        """
        hidden, *gates = (layer(values, tokens) for layer in self._hidden)  # each (K, P, A)
        activations = hidden.tanh()
        for gate in gates:
            activations = activations * gate.sigmoid()
        scores = self._score(values, activations).squeeze(2)  # (K, P)
        is_token = places >= 0
        by_case = scores.gather(1, places.clamp(min=0).flatten(1)).view(places.shape)  # (K, B, S)
        weights = torch.where(is_token, by_case, _MASKED).softmax(2)
        return weights * is_token


def _take_maximum(tokens: Tensor, places: Tensor) -> Tensor:
    """Return the largest value of each element over a case's tokens, (K, B, d); 0 without any."""
    models = torch.arange(len(tokens), device=tokens.device).unsqueeze(1)  # (K, 1)
    by_case = tokens[models, places.clamp(min=0).flatten(1)]  # (K, B · S, d)
    is_token = (places >= 0).unsqueeze(3)  # (K, B, S, 1)
    values = by_case.view(*places.shape, tokens.shape[2])
    largest = torch.where(is_token, values, _MASKED).amax(2)
    return torch.where(is_token.any(2), largest, 0.0)


def _weigh(tokens: Tensor, packing: TokenPacking, weights: Tensor) -> Tensor:
    """Return the weighted sums (K, B, d) of tokens (K, P, d), by weights (K, B, S) of `places`."""
    places, pooling = packing.places, packing.pooling
    if places is None or pooling is None:
        raise ValueError("tokens of single slices have places")
    at_position = weights.new_zeros(tokens.shape[:2])  # (K, P)
    at_position = at_position.scatter_add(1, places.clamp(min=0).flatten(1), weights.flatten(1))
    if isinstance(pooling, SparsePooling):
        return replace(pooling, weights=at_position).average(tokens)
    return torch.bmm((pooling > 0) * at_position.unsqueeze(1), tokens)
