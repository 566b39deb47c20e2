"""Weightings of task losses behind the boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from lnmbench.contracts import StepFeedback, StepWeights, Tunable, Weighting
from lnmbench.records import WeightingStep
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.search_space import require_space
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_flag,
    require_number,
    require_sequence,
)

if TYPE_CHECKING:
    from torch import Tensor

MOST_SCALARS = 10_000


class GuardedWeighting:
    """A weighting of a plugin.

    With its first scalars, the combination is tried on made-up losses, so that a fault is found
    before anything is trained. Later calls check the shape only.

    Parameters
    ----------
    weighting
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, weighting: Weighting, boundary: Boundary) -> None:
        from lnmbench.registry.boundary.tensors import runs_out_of_memory

        self._weighting, self._boundary = weighting, boundary
        self._in_training = replace(boundary, passes=runs_out_of_memory)
        self._tried = False

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return initial values of scalars that each model learns; may be empty."""
        names = tuple(tasks)
        function = self._weighting.initial_scalars
        scalars = self._boundary.call("initial_scalars", _require_scalars, function, names)
        if not self._tried:
            self._try(len(names), scalars)
            self._tried = True
        return scalars

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        """Return the loss that each of K models minimizes.

        Parameters
        ----------
        losses
            Mean loss of each model and task, (K, tasks).
        scalars
            The m scalars that each model learns, (K, m).

        Returns
        -------
        Tensor
            (K,).
        """
        from lnmbench.registry.boundary.tensors import require_tensor

        check = partial(require_tensor, shape=(len(losses),), like=losses)
        return self._in_training.call("combine", check, self._weighting.combine, losses, scalars)

    def _try(self, tasks: int, scalars: Sequence[float]) -> None:
        """Combine made-up losses of two models."""
        import torch

        from lnmbench.registry.boundary import tensors

        losses = torch.linspace(0.1, 1, 2 * tasks).view(2, tasks).requires_grad_()
        learned = torch.tensor([list(scalars)] * 2, dtype=torch.float32)

        def check(value: object) -> Tensor:
            combined = tensors.require_tensor(value, shape=(2,), like=losses)
            return tensors.require_gradient(tensors.require_finite(combined), losses)

        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            self._boundary.call("combine", check, self._weighting.combine, losses, learned)


class StepWeightsMixin:
    """The weights of each step of a plugin's weighting."""

    _weighting: Weighting
    _boundary: Boundary
    _in_training: Boundary

    @property
    def needs_gradients(self) -> bool:
        """True if the weights depend on the tasks' gradients."""
        weighting = cast("StepWeights", self._weighting)
        return self._boundary.read("needs_gradients", require_flag, weighting)

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return initial values of numbers that each model keeps between steps; may be empty."""
        names = tuple(tasks)
        function = cast("StepWeights", self._weighting).initial_state
        state = self._boundary.call("initial_state", _require_scalars, function, names)
        self._try_weights(len(names), state)
        return state

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weights of the tasks, (K, tasks), and the new state, (K, m).

        Parameters
        ----------
        step
            The losses and gradients of K models in a step.
        state
            The m numbers that each model keeps, (K, m).
        """
        function = cast("StepWeights", self._weighting).weigh
        check = partial(_require_weights, step=step, state=state)
        return self._in_training.call("weigh", check, function, step, state)

    def _try_weights(self, tasks: int, state: Sequence[float]) -> None:
        """Weigh made-up losses and gradients of two models."""
        import torch

        from lnmbench.registry.boundary.tensors import require_finite

        losses = torch.linspace(0.1, 1, 2 * tasks).view(2, tasks)
        gradients = torch.eye(tasks).expand(2, tasks, tasks) - 0.1
        step = WeightingStep(
            losses=losses,
            gramians=gradients @ gradients.mT if self.needs_gradients else None,
            uniforms=torch.linspace(0, 0.9, 2 * tasks * tasks).view(2, tasks, tasks),
            epoch=1,
            max_epochs=2,
        )
        initial = torch.tensor([list(state)] * 2, dtype=torch.float32)

        def check(value: object) -> tuple[Tensor, Tensor]:
            weights, state = _require_weights(value, step=step, state=initial)
            return require_finite(weights), require_finite(state)

        function = cast("StepWeights", self._weighting).weigh
        with torch.random.fork_rng(devices=[]):
            self._boundary.call("weigh", check, function, step, initial)


class StepFeedbackMixin:
    """The feedback of a plugin's weighting: the losses after a step."""

    _weighting: Weighting
    _in_training: Boundary

    def observe(self, before: Tensor, after: Tensor, state: Tensor) -> Tensor:
        """Return the state after a step, (K, m).

        Parameters
        ----------
        before, after
            The losses of K models and their tasks before and after the step, (K, tasks).
        state
            The m numbers that each model keeps, (K, m).
        """
        from lnmbench.registry.boundary.tensors import require_tensor

        function = cast("StepFeedback", self._weighting).observe
        check = partial(require_tensor, shape=state.shape, like=state)
        return self._in_training.call("observe", check, function, before, after, state)


class TunableMixin:
    """The search space of a plugin's weighting."""

    _weighting: Weighting
    _boundary: Boundary

    def space(self) -> Mapping[str, Sequence[object]]:
        """Return values to try for some of its parameters."""
        return self._boundary.call("space", require_space, cast("Tunable", self._weighting).space)


_MIXINS: Sequence[tuple[type[object], type[object]]] = (
    (StepWeights, StepWeightsMixin),
    (StepFeedback, StepFeedbackMixin),
    (Tunable, TunableMixin),
)
"""The part behind the boundary, by optional contract."""


def guard_weighting(weighting: Weighting, boundary: Boundary) -> Weighting:
    """Return a plugin's weighting behind its boundary, with its optional contracts."""
    mixins = tuple(mixin for contract, mixin in _MIXINS if isinstance(weighting, contract))
    kind = type("GuardedWeighting", (*mixins, GuardedWeighting), {})
    return cast("Weighting", kind(weighting, boundary))


def _require_weights(value: object, *, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
    from lnmbench.registry.boundary.tensors import require_tensor

    if not isinstance(value, tuple) or len(value) != 2:
        raise Unexpected("a tuple of weights and state", describe(value))
    weights = require_tensor(value[0], shape=step.losses.shape, like=step.losses)
    return weights, require_tensor(value[1], shape=state.shape, like=state)


def _require_scalars(value: object) -> Sequence[float]:
    return tuple(require_number(scalar) for scalar in require_sequence(value, most=MOST_SCALARS))
