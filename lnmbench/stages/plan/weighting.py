"""Weightings of the tasks' losses in planned networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench.contracts import Weighting
from lnmbench.records import NetworkMethod
from lnmbench.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor


class TargetOnly:
    """The weighting of a network without auxiliary tasks."""

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return no scalars: nothing is learned."""
        return ()

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        """Return the target's loss.

        Parameters
        ----------
        losses
            The target's loss of each model, (K, 1).
        scalars
            (K, 0): the weighting learns no scalars.

        Returns
        -------
        Tensor
            (K,).
        """
        return losses[:, 0]  # (K,)


class TasksAlone:
    """The weighting of a network that learns auxiliary tasks without the target."""

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return no scalars: nothing is learned."""
        return ()

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        """Return the sum of the losses of the auxiliary tasks.

        Parameters
        ----------
        losses
            The losses of each model, the target's first, (K, tasks).
        scalars
            (K, 0): the weighting learns no scalars.

        Returns
        -------
        Tensor
            (K,).
        """
        return losses[:, 1:].sum(1)  # (K,)


def build_weighting(method: NetworkMethod, registry: Registry) -> Weighting:
    """Return the weighting of a network."""
    if method.weighting is None:
        return TargetOnly()
    return registry.weightings.build(method.weighting)
