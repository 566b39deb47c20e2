"""Layers of K models at once: the leading axis of every tensor is the model.

A layer is a description; its parameters come by name, as torch names them, with K in front. Sums
over K are never taken, so that a model's numbers are those of an ordinary layer with its weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from lnmbench.nets.stacked.attention import attend, attention_weights
from lnmbench.nets.stacked.dropout import apply_dropout
from lnmbench.nets.stacked.parameters import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lnmbench.nets.data.batches import TokenPacking
    from lnmbench.nets.stacked.dropout import DropoutMask


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedLinear:
    """K times `torch.nn.Linear`, on (K, rows, inputs); `zero` initializes it with zeros."""

    name: str
    inputs: int
    outputs: int
    zero: bool = False

    def parameters(self) -> tuple[Parameter, ...]:
        """Return weight and bias, initialized as torch does: uniform in ± 1 / √inputs."""
        bound = 0.0 if self.zero else 1.0 / math.sqrt(self.inputs)
        shape = (self.outputs, self.inputs)
        return (
            Parameter(name=f"{self.name}.weight", shape=shape, bound=bound, decays=True),
            Parameter(name=f"{self.name}.bias", shape=(self.outputs,), bound=bound),
        )

    def __call__(self, values: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Return (K, rows, outputs) of x (K, rows, inputs)."""
        return _linear(x, values[f"{self.name}.weight"], values[f"{self.name}.bias"])


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedCutPoints:
    """K times a linear score with one intercept for each output, on (K, rows, inputs).

    With a logistic link it is the proportional-odds model (McCullagh 1980), whose intercepts are
    minus the thresholds. It starts at zero.
    """

    name: str
    inputs: int
    outputs: int

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the weights, which all outputs share, and the intercepts."""
        return (
            Parameter(name=f"{self.name}.weight", shape=(1, self.inputs), decays=True),
            Parameter(name=f"{self.name}.bias", shape=(self.outputs,)),
        )

    def __call__(self, values: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Return (K, rows, outputs) of x (K, rows, inputs)."""
        score = torch.bmm(x, values[f"{self.name}.weight"].mT)  # (K, rows, 1)
        return score + values[f"{self.name}.bias"].unsqueeze(1)  # (K, rows, outputs)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StackedModule:
    """K times a module of torch without state between calls, on (K, rows, …).

    All fits start from the parameters of `module`.
    """

    name: str
    module: nn.Module

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of the module."""
        return tuple(
            Parameter(
                name=f"{self.name}.{name}",
                shape=tuple(values.shape),
                pretrained=values.detach().float().cpu(),
                decays=values.dim() > 1,
            )
            for name, values in self.module.named_parameters()
        )

    def __call__(self, values: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Return the module's outputs (K, rows, …) of x (K, rows, …)."""
        names = [name for name, _ in self.module.named_parameters()]
        parameters = {name: values[f"{self.name}.{name}"] for name in names}
        outputs: Tensor = torch.func.vmap(self._call_one)(parameters, x)
        return outputs

    def _call_one(self, parameters: Mapping[str, Tensor], x: Tensor) -> Tensor:
        outputs: Tensor = torch.func.functional_call(self.module, dict(parameters), (x,))
        return outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedLayerNorm:
    """K times `torch.nn.LayerNorm` over the last axis, on (K, rows, width)."""

    name: str
    width: int

    def parameters(self) -> tuple[Parameter, ...]:
        """Return weight and bias, initialized with 1 and 0."""
        return (
            Parameter(name=f"{self.name}.weight", shape=(self.width,), fill=1.0),
            Parameter(name=f"{self.name}.bias", shape=(self.width,)),
        )

    def __call__(self, values: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Return x (K, rows, width) normalized."""
        weight = values[f"{self.name}.weight"].unsqueeze(1)  # (K, 1, width)
        bias = values[f"{self.name}.bias"].unsqueeze(1)  # (K, 1, width)
        return torch.addcmul(bias, functional.layer_norm(x, (self.width,)), weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedAttention:
    """K times `torch.nn.MultiheadAttention` of a case's tokens to each other.

    `block_size` is the number of positions of a block of tokens; `bounded` says that they come
    from a norm or a projection, so that scores are a few units in size.
    """

    name: str
    width: int
    heads: int
    block_size: int
    bounded: bool = True

    @property
    def dropout_width(self) -> int:
        """Return the number of dropout factors of a token."""
        return self.heads * self.block_size

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the projections in and out, initialized as torch does (in: Xavier uniform)."""
        shape = (3 * self.width, self.width)
        bound = math.sqrt(6.0 / sum(shape))
        weight, bias = f"{self.name}.in_proj_weight", f"{self.name}.in_proj_bias"
        return (
            Parameter(name=weight, shape=shape, bound=bound, decays=True),
            Parameter(name=bias, shape=shape[:1]),
            *self._out_parameters(),
        )

    def _out_parameters(self) -> tuple[Parameter, ...]:
        weight, bias = self._out.parameters()
        return weight, Parameter(name=bias.name, shape=bias.shape)

    @property
    def _out(self) -> StackedLinear:
        return StackedLinear(name=f"{self.name}.out_proj", inputs=self.width, outputs=self.width)

    def __call__(
        self, values: Mapping[str, Tensor], x: Tensor, packing: TokenPacking, dropout: DropoutMask
    ) -> Tensor:
        """Return (K, P, width) of packed tokens.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        x
            Tokens (K, P, width).
        packing
            The positions of the tokens.
        dropout
            The step's dropout mask.
        """
        qkv = self._project(values, x)
        factors = dropout.take(self.dropout_width)
        return self._out(values, attend(qkv, packing, self.heads, factors, bounded=self.bounded))

    def weights(self, values: Mapping[str, Tensor], x: Tensor, packing: TokenPacking) -> Tensor:
        """Return the attention of tokens to each other, averaged over the heads, (blocks, N, N).

        Parameters
        ----------
        values, x, packing
            As in the call.
        """
        qkv = self._project(values, x)
        return attention_weights(qkv, packing, self.heads, bounded=self.bounded)

    def _project(self, values: Mapping[str, Tensor], x: Tensor) -> Tensor:
        weight, bias = values[f"{self.name}.in_proj_weight"], values[f"{self.name}.in_proj_bias"]
        return _linear(x, weight, bias)  # (K, P, 3 · width)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedEncoderLayer:
    """K times `torch.nn.TransformerEncoderLayer`: post-norm, ReLU, feed-forward width 2 · width."""

    name: str
    width: int
    heads: int
    block_size: int
    bounded: bool = True

    @property
    def _attention(self) -> StackedAttention:
        name = f"{self.name}.self_attn"
        return StackedAttention(
            name=name,
            width=self.width,
            heads=self.heads,
            block_size=self.block_size,
            bounded=self.bounded,
        )

    @property
    def _feed_forward(self) -> tuple[StackedLinear, StackedLinear]:
        narrow, wide = self.width, 2 * self.width
        return (
            StackedLinear(name=f"{self.name}.linear1", inputs=narrow, outputs=wide),
            StackedLinear(name=f"{self.name}.linear2", inputs=wide, outputs=narrow),
        )

    @property
    def _norms(self) -> tuple[StackedLayerNorm, StackedLayerNorm]:
        return (
            StackedLayerNorm(name=f"{self.name}.norm1", width=self.width),
            StackedLayerNorm(name=f"{self.name}.norm2", width=self.width),
        )

    @property
    def dropout_width(self) -> int:
        """Return the number of dropout factors of a token."""
        return self._attention.dropout_width + 4 * self.width

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of all parts."""
        parts = (self._attention, *self._feed_forward, *self._norms)
        return tuple(parameter for part in parts for parameter in part.parameters())

    def __call__(
        self, values: Mapping[str, Tensor], x: Tensor, packing: TokenPacking, dropout: DropoutMask
    ) -> Tensor:
        """Return (K, P, width) of packed tokens.

        Parameters
        ----------
        values
            The parameters by name, each (K, …).
        x
            Tokens (K, P, width).
        packing
            The positions of the tokens.
        dropout
            The step's dropout mask.
        """
        (widen, narrow), (norm1, norm2) = self._feed_forward, self._norms
        attended = self._attention(values, x, packing, dropout)
        x = norm1(values, _add(x, attended, dropout.take(self.width)))
        hidden = apply_dropout(widen(values, x).relu_(), dropout.take(2 * self.width))
        return norm2(values, _add(x, narrow(values, hidden), dropout.take(self.width)))

    def attention(self, values: Mapping[str, Tensor], x: Tensor, packing: TokenPacking) -> Tensor:
        """Return the attention of tokens to each other, averaged over the heads, (blocks, N, N).

        Parameters
        ----------
        values, x, packing
            As in the call.
        """
        return self._attention.weights(values, x, packing)


def _add(x: Tensor, change: Tensor, factors: Tensor | None) -> Tensor:
    return x + change if factors is None else torch.addcmul(x, change, factors)


def _linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.baddbmm(bias.unsqueeze(1), x, weight.mT)  # (K, rows, outputs)
