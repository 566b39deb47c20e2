"""Weightings of task losses behind the boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from lnmbench.contracts import Tunable, Weighting
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.search_space import require_space
from lnmbench.registry.boundary.values import require_number, require_sequence

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


class GuardedTunableWeighting(GuardedWeighting):
    """A weighting of a plugin with parameters to search."""

    def space(self) -> Mapping[str, Sequence[object]]:
        """Return values to try for some of its parameters."""
        return self._boundary.call("space", require_space, cast("Tunable", self._weighting).space)


def guard_weighting(weighting: Weighting, boundary: Boundary) -> Weighting:
    """Return a plugin's weighting behind its boundary, with its search space if it has one."""
    kind = GuardedTunableWeighting if isinstance(weighting, Tunable) else GuardedWeighting
    return kind(weighting, boundary)


def _require_scalars(value: object) -> Sequence[float]:
    return tuple(require_number(scalar) for scalar in require_sequence(value, most=MOST_SCALARS))
