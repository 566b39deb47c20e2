"""Weighting by which all losses fall at the same rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench_weightings.loss_weights import EqualWeights
from lnmbench_weightings.parameter_ranges import require_valid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from lnmbench.records import WeightingStep

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_SMALLEST_LOSS = 1e-8


class FastAdaptiveWeights(EqualWeights):
    """Weights by which the logarithms of all losses fall alike (FAMO, Liu et al. 2023).

    Step by step, the shared parameters and heads minimize the mean of the log losses, weighted by
    a softmax; then its logits move, by Adam, toward the tasks whose log loss fell least on the
    same cases.

    Parameters
    ----------
    rate
        Learning rate of the logits, above 0.
    decay
        Weight decay of the logits, 0 or more.

    Raises
    ------
    UserError
        If a parameter is out of its range.
    """

    needs_gradients = False

    def __init__(self, *, rate: float = 0.025, decay: float = 0.001) -> None:
        self.rate = require_valid(
            rate, weighting="famo", name="rate", valid=rate > 0, expected="a number above 0"
        )
        self.decay = require_valid(
            decay, weighting="famo", name="decay", valid=decay >= 0, expected="0 or more"
        )

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return the logits, two moments of their gradients and the number of steps, all 0."""
        return [0.0] * (3 * len(tasks) + 1)

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights (K, tasks): softmax / loss, multiplied so that the total is as equal.

        Parameters
        ----------
        step
            The losses of a step.
        state
            The state, (K, 3 · tasks + 1).
        """
        shares = state[:, : step.losses.shape[1]].softmax(1)
        weights = shares / step.losses.clamp(min=_SMALLEST_LOSS)
        return weights / weights.sum(1, keepdim=True), state

    def observe(self, before: Tensor, after: Tensor, state: Tensor) -> Tensor:
        """Return the state after a step.

        Parameters
        ----------
        before, after
            The losses on the cases of the step, before and after it, (K, tasks).
        state
            The state, (K, 3 · tasks + 1).
        """
        import torch

        tasks = before.shape[1]
        logits, first, second, count = torch.split(state, [tasks, tasks, tasks, 1], dim=1)
        fall = before.clamp(min=_SMALLEST_LOSS).log() - after.clamp(min=_SMALLEST_LOSS).log()
        shares = logits.softmax(1)
        gradient = shares * (fall - (shares * fall).sum(1, keepdim=True))
        gradient = gradient + self.decay * logits
        count = count + 1
        first = _BETA1 * first + (1 - _BETA1) * gradient
        second = _BETA2 * second + (1 - _BETA2) * gradient**2
        moment = first / (1 - _BETA1**count)
        spread = (second / (1 - _BETA2**count)).sqrt()
        logits = logits - self.rate * moment / (spread + _EPSILON)
        return torch.cat([logits, first, second, count], dim=1)
