"""Parameters of K networks in one flat buffer, and the views that layers compute with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.rng import seeded_generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Views start on cache lines: products of aligned and of unaligned memory may round differently.
_ALIGNMENT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a network, with torch's name, shape and initialization.

    Parameters
    ----------
    name
        The name in the network's state dict.
    shape
        The shape for one model, without the leading axis of models.
    bound
        Initial values are uniform in ±`bound`; 0 initializes with `fill`.
    fill
        The initial value if `bound` is 0.
    decays
        Whether weight decay applies: to weight matrices, not to biases, norms and learned loss
        weights.
    lr_scale
        Multiplies the learning rate. At 0 the parameter is stored with the others and not trained.
    weight_decay_scale
        Multiplies the weight decay.
    pretrained
        Initial values of this shape; they take precedence over `bound` and `fill`.
    channels_last
        Whether the second axis is the last one in memory, the fastest order for convolutions.
    """

    name: str
    shape: tuple[int, ...]
    bound: float = 0.0
    fill: float = 0.0
    decays: bool = False
    lr_scale: float = 1.0
    weight_decay_scale: float = 1.0
    pretrained: Tensor | None = field(default=None, compare=False, repr=False)
    channels_last: bool = False

    @property
    def size(self) -> int:
        """Return the number of elements."""
        return math.prod(self.shape)

    def view(self, columns: Tensor) -> Tensor:
        """Return the parameter's columns of the flat buffer as a view in its shape.

        Parameters
        ----------
        columns
            The parameter's columns of the flat buffer, (K, size).

        Returns
        -------
        Tensor
            (K, …), which shares memory with the columns.
        """
        if not self.channels_last:
            return columns.view(len(columns), *self.shape)  # (K, …)
        outputs, inputs, *window = self.shape
        by_channel = columns.view(len(columns), outputs, *window, inputs)  # (K, out, …, in)
        return by_channel.movedim(-1, 2)  # (K, out, in, …)


class ParameterLayout:
    """The columns of each parameter of a network in a row of the flat buffer.

    Decaying parameters come first, in the columns before `decayed_size`. `size` is the length of a
    row.
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self.parameters = sorted(parameters, key=lambda parameter: not parameter.decays)
        self.offsets: dict[str, int] = {}
        self.size = self.decayed_size = 0
        for parameter in self.parameters:
            if parameter.name in self.offsets:
                raise ValueError(f"two parameters are named {parameter.name!r}")
            self.offsets[parameter.name] = self.size
            self.size += -(-parameter.size // _ALIGNMENT) * _ALIGNMENT
            self.decayed_size = self.size if parameter.decays else self.decayed_size

    def named_views(self, flat: Tensor) -> dict[str, Tensor]:
        """Return each parameter of a flat buffer by name.

        Parameters
        ----------
        flat
            A buffer with one row for each fit, (K, size).

        Returns
        -------
        dict[str, Tensor]
            Views (K, …), which share memory with the buffer.
        """
        views = {}
        for parameter in self.parameters:
            start = self.offsets[parameter.name]
            views[parameter.name] = parameter.view(flat[:, start : start + parameter.size])
        return views

    def lr_scales(self) -> Tensor:
        """Return the factor on the learning rate of each column, (size,)."""
        return self._columns({parameter.name: parameter.lr_scale for parameter in self.parameters})

    def weight_decay_scales(self) -> Tensor | None:
        """Return the factor on the weight decay of each column, (size,); None if all are 1."""
        scales = {parameter.name: parameter.weight_decay_scale for parameter in self.parameters}
        return None if all(scale == 1.0 for scale in scales.values()) else self._columns(scales)

    def initialize(self, seeds: Sequence[int]) -> Tensor:
        """Return initial values (K, size).

        A parameter's values depend on the fit's seed and the parameter's name alone: networks
        that share layers start with the same values in them, independent of their other heads.
        """
        flat = torch.zeros(len(seeds), self.size)
        views = self.named_views(flat)
        for parameter in self.parameters:
            for seed, values in zip(seeds, views[parameter.name], strict=True):
                _initialize(parameter, values, seed)
        return flat

    def _columns(self, values: dict[str, float]) -> Tensor:
        columns = torch.ones(1, self.size)
        for name, view in self.named_views(columns).items():
            view.fill_(values[name])
        return columns[0]  # (size,)


def scale_learning_rate(parameters: Iterable[Parameter], lr_scale: float) -> Iterator[Parameter]:
    """Return the parameters, in order, with another factor on their learning rates."""
    return (replace(parameter, lr_scale=lr_scale) for parameter in parameters)


def _initialize(parameter: Parameter, values: Tensor, seed: int) -> None:
    if parameter.pretrained is not None:
        values.copy_(parameter.pretrained)
    elif parameter.bound:
        source = seeded_generator(seed, f"start of {parameter.name}")
        values.uniform_(-parameter.bound, parameter.bound, generator=source)
    else:
        values.fill_(parameter.fill)
