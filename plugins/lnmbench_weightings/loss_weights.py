"""Weightings by losses alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench_weightings.parameter_ranges import require_valid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from lnmbench.records import WeightingStep


class EqualWeights:
    """Sum of the losses of the target and of all auxiliary tasks."""

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return no scalars: nothing is learned."""
        return ()

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        """Return the sum of the losses, (K,).

        Parameters
        ----------
        losses
            (K, tasks).
        scalars
            (K, 0), not used.
        """
        return losses.sum(1)


class UncertaintyWeights:
    """Losses weighted by learned variances of the tasks (Kendall, Gal and Cipolla 2018).

    Each model learns the log variance s of each task by gradient descent, with its network:
    exp(−s) · loss + s / 2, as for classification. They start at 0.
    """

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return the log variances, all 0."""
        return [0.0] * len(tasks)

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        """Return Σ exp(−s) · loss + s / 2, (K,).

        Parameters
        ----------
        losses
            (K, tasks).
        scalars
            The log variances, (K, tasks).
        """
        import torch

        return (torch.exp(-scalars) * losses + scalars / 2).sum(1)


class SummedWeights(EqualWeights):
    """A weighting whose weights change and that keeps nothing between steps."""

    needs_gradients = False

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return no state: each step is independent."""
        return ()


class RandomWeights(SummedWeights):
    """Random weights in each step, the softmax of normal numbers (Lin et al. 2022).

    They are multiplied by the number of tasks, so that their mean is 1.
    """

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return random weights (K, tasks).

        Parameters
        ----------
        step
            The random numbers of a step.
        state
            (K, 0), not used.
        """
        import torch

        uniforms = step.uniforms[:, 0].clamp(1e-6, 1 - 1e-6)  # (K, tasks)
        normal = torch.special.ndtri(uniforms)
        return normal.softmax(1) * normal.shape[1], state


class DynamicWeightAverage(EqualWeights):
    """Weights by the rate at which each loss falls (dynamic weight average, Liu et al. 2019).

    A task whose mean loss fell less from the last but one epoch to the last gets a larger weight:
    the softmax of the ratios of the two, times the number of tasks. Equal in the first two epochs.

    Parameters
    ----------
    temperature
        Divides the ratios; the larger, the more equal the weights.

    Raises
    ------
    UserError
        If the temperature is not positive.
    """

    needs_gradients = False

    def __init__(self, *, temperature: float = 2.0) -> None:
        self.temperature = require_valid(
            temperature,
            weighting="dwa",
            name="temperature",
            valid=temperature > 0,
            expected="a number above 0",
        )

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return the epoch, and sums, means and earlier means of the losses, all 0."""
        return [0.0, 0.0, *[0.0] * (3 * len(tasks))]

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights (K, tasks), constant within an epoch, and the state.

        Parameters
        ----------
        step
            The losses of a step.
        state
            The epoch and its number of steps; by task the sum of the losses of this epoch, and
            the means of the last and the last but one, (K, 2 + 3 · tasks).
        """
        import torch

        tasks = step.losses.shape[1]
        epoch, count, sums, last, before = torch.split(state, [1, 1, tasks, tasks, tasks], dim=1)
        begins = epoch < step.epoch  # (K, 1)
        before = torch.where(begins, last, before)
        last = torch.where(begins, sums / count.clamp(min=1), last)
        sums = torch.where(begins, 0.0, sums) + step.losses
        count = torch.where(begins, 0.0, count) + 1
        ratios = torch.where(before > 0, last / before.clamp(min=1e-12), 1.0)
        weights = torch.softmax(ratios / self.temperature, dim=1) * tasks
        weights = torch.where(torch.full_like(begins, step.epoch <= 2), 1.0, weights)
        epoch = torch.full_like(epoch, step.epoch)
        return weights, torch.cat([epoch, count, sums, last, before], dim=1)
