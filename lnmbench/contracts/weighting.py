"""Contracts of weightings of the task losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from lnmbench.records import WeightingStep

if TYPE_CHECKING:
    from torch import Tensor


@runtime_checkable
class Weighting(Protocol):
    """A combination of the task losses of each model."""

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return initial values of scalars that each model learns; may be empty."""

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        """Return the loss that each of K models minimizes.

        Parameters
        ----------
        losses
            Mean loss of each model and task, multiplied by its loss weight, (K, tasks), float32;
            the target is the first task.
        scalars
            The m scalars that each model learns, (K, m), float32; (K, 0) without any.

        Returns
        -------
        Tensor
            (K,); each value depends on the losses and scalars of its own model alone.
        """


@runtime_checkable
class StepWeights(Protocol):
    """A weighting whose weights of the tasks change from step to step; optional."""

    @property
    def needs_gradients(self) -> bool:
        """True if the weights are those of gradients, and depend on their inner products.

        The parameters that all tasks share then move along the weighted sum of the tasks'
        gradients, each head minimizes the loss of its own task, and `combine` is not called.
        Otherwise `combine` gets the losses multiplied by the weights.
        """

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return initial values of numbers that each model keeps between steps; may be empty."""

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weights of the tasks and the new state.

        Parameters
        ----------
        step
            The losses and gradients of K models in a step.
        state
            The m numbers that each model keeps, (K, m), float32.

        Returns
        -------
        tuple[Tensor, Tensor]
            Weights (K, tasks) and state (K, m), float32; those of a model depend on the losses,
            gradients and state of this model alone. An epoch in which the target's weight is 0 in
            all steps does not count for early stopping.
        """


@runtime_checkable
class StepFeedback(Protocol):
    """A weighting with `StepWeights` that learns from the losses after each step; optional.

    The losses of the step's cases are computed once more, with the same dropout.
    """

    def observe(self, before: Tensor, after: Tensor, state: Tensor) -> Tensor:
        """Return the state after a step.

        Parameters
        ----------
        before, after
            The losses of K models and their tasks before and after the step, (K, tasks), float32.
        state
            The m numbers that each model keeps, (K, m), float32.

        Returns
        -------
        Tensor
            (K, m).
        """
