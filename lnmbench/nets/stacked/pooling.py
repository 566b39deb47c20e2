"""Pooling of a case's tokens for K models at once: mean, maximum, attention, or a class token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from lnmbench.nets.data.batches import SparsePooling
from lnmbench.nets.stacked.layers import StackedLinear
from lnmbench.nets.stacked.parameters import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lnmbench.nets.data.batches import TokenPacking

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

    def position_weights(
        self, values: Mapping[str, Tensor], tokens: Tensor, packing: TokenPacking
    ) -> Tensor:
        """Return the weight of each position in the vector of its case, (K, P).

        Of the maximum, it is the share of the vector's elements that the position has.

        Parameters
        ----------
        values, tokens, packing
            As in the call.
        """
        pooling, places = packing.pooling, packing.places
        if pooling is None:
            raise ValueError("a token is a case, whose slices have no weights")
        if self.kind in ("mean", "transformer"):
            return pooling.weights if isinstance(pooling, SparsePooling) else pooling.sum(1)
        if places is None:
            raise ValueError(f"pooling {self.kind} needs the places of the tokens of each case")
        if self.kind == "max":
            largest = _gather(tokens, places).argmax(2, keepdim=True)  # (K, B, 1, d)
            order = torch.arange(places.shape[2], device=tokens.device).view(1, 1, -1, 1)
            weights = (order == largest).float().mean(3) * (places >= 0)  # (K, B, S)
        else:
            weights = self.weights(values, tokens, places)
        return _scatter(weights, places, tokens.shape[1])

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
    is_token = (places >= 0).unsqueeze(3)  # (K, B, S, 1)
    return torch.where(is_token.any(2), _gather(tokens, places).amax(2), 0.0)


def _gather(tokens: Tensor, places: Tensor) -> Tensor:
    """Return the tokens of each case, (K, B, S, d), very small beyond them."""
    models = torch.arange(len(tokens), device=tokens.device).unsqueeze(1)  # (K, 1)
    by_case = tokens[models, places.clamp(min=0).flatten(1)]  # (K, B · S, d)
    values = by_case.view(*places.shape, tokens.shape[2])
    return torch.where((places >= 0).unsqueeze(3), values, _MASKED)


def _scatter(weights: Tensor, places: Tensor, capacity: int) -> Tensor:
    """Return weights (K, B, S) of `places` at their positions, (K, capacity)."""
    by_position = weights.new_zeros(len(weights), capacity)
    return by_position.scatter_add(1, places.clamp(min=0).flatten(1), weights.flatten(1))


def _weigh(tokens: Tensor, packing: TokenPacking, weights: Tensor) -> Tensor:
    """Return the weighted sums (K, B, d) of tokens (K, P, d), by weights (K, B, S) of `places`."""
    places, pooling = packing.places, packing.pooling
    if places is None or pooling is None:
        raise ValueError("tokens of single slices have places")
    by_position = _scatter(weights, places, tokens.shape[1])
    if isinstance(pooling, SparsePooling):
        return replace(pooling, weights=by_position).average(tokens)
    return torch.bmm((pooling > 0) * by_position.unsqueeze(1), tokens)
