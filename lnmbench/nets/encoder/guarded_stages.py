"""Encoder stages that run through a function of the caller, which checks what they return."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from torch import Tensor, nn


class StageGuard(Protocol):
    """A function that runs encoder stages and checks their output."""

    def __call__(
        self, run: nn.Module, inputs: Tensor, *, width: int | None, frozen: bool
    ) -> Tensor:
        """Return what `run` returns for the inputs.

        Parameters
        ----------
        run
            The stages.
        inputs
            Slices or activations (m, …).
        width
            The number of features, None for activations of any shape.
        frozen
            Whether the output must be finite, and the same in every call.
        """


class GuardedStages(nn.Sequential):
    """Encoder stages, or some of them, that run through a guard.

    Parameters
    ----------
    stages
        The stages by name.
    guard
        Runs the stages.
    width
        The number of features of the last stage, None if its output is no feature vector.
    """

    def __init__(
        self, stages: OrderedDict[str, nn.Module], guard: StageGuard, width: int | None
    ) -> None:
        super().__init__(stages)
        self.guard, self.width = guard, width

    def part(self, start: int, stop: int) -> GuardedStages:
        """Return the stages from `start` to before `stop`."""
        chosen = OrderedDict(list(self.named_children())[start:stop])
        stages = GuardedStages(chosen, self.guard, self.width if stop == len(self) else None)
        return stages.train(self.training)

    def plain(self) -> nn.Sequential:
        """Return the same stages without the guard."""
        return nn.Sequential(OrderedDict(self.named_children())).train(self.training)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return activations or features of inputs (m, …)."""
        return self.guard(self.plain(), inputs, width=self.width, frozen=False)
