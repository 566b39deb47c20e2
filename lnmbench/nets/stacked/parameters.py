"""The parameters of K networks in one flat buffer, and the views that layers compute with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.rng import seeded_generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Views start on cache lines: products of aligned and of unaligned memory may round differently.
_ALIGNMENT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a network: named and shaped as in torch, started as torch starts it.

    It starts as `given`, else uniform in ±`bound`, or at `start` where the bound is 0. `decays`
    says whether weight decay applies: to weight matrices, not to biases, norms and learned loss
    weights; `decay_pace` multiplies it. `pace` multiplies the learning rate; what has the pace 0 is
    kept beside the parameters and not trained. With `channels_last` the second axis is the last
    one in memory, as convolutions like it.
    """

    name: str
    shape: tuple[int, ...]
    bound: float = 0.0
    start: float = 0.0
    decays: bool = False
    pace: float = 1.0
    decay_pace: float = 1.0
    given: Tensor | None = field(default=None, compare=False, repr=False)
    channels_last: bool = False

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    def view(self, columns: Tensor) -> Tensor:
        """Return its columns of the flat buffer, (K, size), as a view of shape (K, …)."""
        if not self.channels_last:
            return columns.view(len(columns), *self.shape)
        outputs, inputs, *window = self.shape
        return columns.view(len(columns), outputs, *window, inputs).movedim(-1, 2)


class ParameterLayout:
    """Where each parameter of a network stands in its row of the flat buffer.

    Decaying parameters come first: `decayed` is the column at which the others begin. `size` is
    the length of a row.
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self.parameters = sorted(parameters, key=lambda parameter: not parameter.decays)
        self.offsets: dict[str, int] = {}
        self.size = self.decayed = 0
        for parameter in self.parameters:
            if parameter.name in self.offsets:
                raise ValueError(f"two parameters are named {parameter.name!r}")
            self.offsets[parameter.name] = self.size
            self.size += -(-parameter.size // _ALIGNMENT) * _ALIGNMENT
            self.decayed = self.size if parameter.decays else self.decayed

    def views(self, flat: Tensor) -> dict[str, Tensor]:
        """Return each parameter of (K, size) by name, as a view of shape (K, …)."""
        views = {}
        for parameter in self.parameters:
            start = self.offsets[parameter.name]
            views[parameter.name] = parameter.view(flat[:, start : start + parameter.size])
        return views

    def paces(self) -> Tensor:
        """Return what multiplies the learning rate of each column, (size,)."""
        paces = torch.ones(1, self.size)
        for parameter in self.parameters:
            self.views(paces)[parameter.name].fill_(parameter.pace)
        return paces[0]

    def decay_paces(self) -> Tensor | None:
        """Return what multiplies the weight decay of each column, (size,); None where all are 1."""
        if all(parameter.decay_pace == 1.0 for parameter in self.parameters):
            return None
        paces = torch.ones(1, self.size)
        for parameter in self.parameters:
            self.views(paces)[parameter.name].fill_(parameter.decay_pace)
        return paces[0]

    def initial(self, seeds: Sequence[int]) -> Tensor:
        """Return start values (K, size).

        A parameter's values depend on the fit's seed and the parameter's name alone: networks
        that share layers share their start, whatever heads they have beside.
        """
        flat = torch.zeros(len(seeds), self.size)
        for name, view in self.views(flat).items():
            parameter = next(p for p in self.parameters if p.name == name)
            for seed, own in zip(seeds, view, strict=True):
                _start(parameter, own, seed)
        return flat


def _start(parameter: Parameter, values: Tensor, seed: int) -> None:
    if parameter.given is not None:
        values.copy_(parameter.given)
    elif parameter.bound:
        source = seeded_generator(seed, f"start of {parameter.name}")
        values.uniform_(-parameter.bound, parameter.bound, generator=source)
    else:
        values.fill_(parameter.start)
