"""Weighting that constrains auxiliary tasks by the priority of the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench_weightings.gradient_weights import require_gramians
from lnmbench_weightings.loss_weights import EqualWeights
from lnmbench_weightings.parameter_ranges import require_valid
from lnmbench_weightings.quadratic import minimize_nonnegative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from lnmbench.records import WeightingStep

_DECAY, _EPSILON = 0.999, 1e-8
_PRECISION = 1e-6  # of inner products in float32


class PriorityConstraints(EqualWeights):
    """The direction closest to the target's gradient that lets every auxiliary loss fall a little.

    Priority-constrained descent (arXiv:2606.29521): gradients are divided by a moving average of
    their norms; each auxiliary loss must fall at `tau` times the rate of a step along its own
    gradient; the result has the norm of the target's gradient. Where no direction does this, it is
    the target's gradient.

    Parameters
    ----------
    tau
        Share of its own progress that each auxiliary loss is guaranteed, from 0 to 1.

    Raises
    ------
    UserError
        If `tau` is not from 0 to 1.
    """

    needs_gradients = True

    def __init__(self, *, tau: float = 0.02) -> None:
        self.tau = require_valid(
            tau, weighting="pcd", name="tau", valid=0 <= tau <= 1, expected="from 0 to 1"
        )

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return the number of steps and the moving average by task, all 0."""
        return [0.0, *[0.0] * len(tasks)]

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights (K, tasks) and the state.

        Parameters
        ----------
        step
            The gradients of a step.
        state
            The number of steps, and by task the moving average of its squared norm, (K, 1 + tasks).
        """
        import torch

        gramians = require_gramians(step)
        squares = gramians.diagonal(dim1=1, dim2=2)  # (K, tasks)
        count = state[:, :1].double() + 1
        average = _DECAY * state[:, 1:].double() + (1 - _DECAY) * squares
        scales = (average / (1 - _DECAY**count) + _EPSILON).rsqrt()  # (K, tasks)
        scaled = gramians * scales[:, :, None] * scales[:, None, :]
        aux = scaled[:, 1:, 1:]
        needed = self.tau * aux.diagonal(dim1=1, dim2=2) - scaled[:, 1:, 0]
        multipliers, feasible = minimize_nonnegative(aux, needed)
        weights = torch.ones_like(squares)
        weights[:, 1:] = torch.where(feasible[:, None], multipliers, 0.0)
        square = (weights * (scaled @ weights[:, :, None])[:, :, 0]).sum(1)
        size = (weights * scaled.diagonal(dim1=1, dim2=2).sqrt()).sum(1) ** 2
        moves = (square > _PRECISION * size) & (squares[:, 0] > 0)
        length = torch.where(moves, (squares[:, 0] / square.clamp(min=1e-20)).sqrt(), 0.0)
        weights = weights * scales * length[:, None]
        return weights.to(step.losses), torch.cat([count, average], dim=1).to(state)
