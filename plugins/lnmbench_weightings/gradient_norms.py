"""Weighting that balances the norms of the tasks' gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench_weightings.gradient_weights import require_gramians
from lnmbench_weightings.loss_weights import EqualWeights
from lnmbench_weightings.parameter_ranges import require_valid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from lnmbench.records import WeightingStep

_SMALLEST_WEIGHT = 1e-3


class GradientNorms(EqualWeights):
    """Weights by which all tasks learn at similar rates (GradNorm, Chen et al. 2018).

    The weights start at 1, keep the sum of the number of tasks, and move against the gradient of
    Σ |w · |g| − mean(w · |g|) · r^alpha|; r is the loss relative to the first step's, divided by
    its mean over the tasks.

    Parameters
    ----------
    alpha
        Strength by which slow tasks are favored, 0 or more.
    rate
        Learning rate of the weights, above 0.

    Raises
    ------
    UserError
        If a parameter is out of its range.
    """

    needs_gradients = True

    def __init__(self, *, alpha: float = 1.5, rate: float = 0.025) -> None:
        self.alpha = require_valid(
            alpha, weighting="gradnorm", name="alpha", valid=alpha >= 0, expected="0 or more"
        )
        self.rate = require_valid(
            rate, weighting="gradnorm", name="rate", valid=rate > 0, expected="a number above 0"
        )

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return the weights, all 1, and the losses of the first step, not known yet."""
        return [*[1.0] * len(tasks), *[0.0] * len(tasks)]

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights (K, tasks) and the state.

        Parameters
        ----------
        step
            The losses and gradients of a step.
        state
            By task its weight and the loss of the first step that had one, (K, 2 · tasks).
        """
        import torch

        weights, first = state.chunk(2, dim=1)  # each (K, tasks)
        first = torch.where(first > 0, first, step.losses)
        squares = require_gramians(step).diagonal(dim1=1, dim2=2)
        norms = squares.clamp(min=0.0).sqrt().to(weights)
        rates = step.losses / first.clamp(min=1e-12)
        rates = rates / rates.mean(1, keepdim=True).clamp(min=1e-12)
        weighted = weights * norms
        aims = weighted.mean(1, keepdim=True) * rates**self.alpha
        moved = weights - self.rate * torch.sign(weighted - aims) * norms
        moved = moved.clamp(min=_SMALLEST_WEIGHT)
        moved = moved * (moved.shape[1] / moved.sum(1, keepdim=True))
        return weights, torch.cat([moved, first], dim=1)
