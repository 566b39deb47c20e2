"""Weightings that depend on the epoch alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from lnmbench_weightings.loss_weights import SummedWeights
from lnmbench_weightings.parameter_ranges import require_valid

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.records import WeightingStep


class ScheduledWeights(SummedWeights):
    """Weight of the auxiliary losses that changes from the first epoch to the last.

    Parameters
    ----------
    first, last
        Weight of the auxiliary losses in the first and in the last epoch, 0 or more.
    shape
        The course between them: `linear`, or `cosine`, which starts and ends slowly.

    Raises
    ------
    UserError
        If a weight is negative or not finite.
    """

    def __init__(
        self,
        *,
        first: float = 1.0,
        last: float = 0.0,
        shape: Literal["linear", "cosine"] = "linear",
    ) -> None:
        self.first, self.last = (
            require_valid(
                value, weighting="schedule", name=name, valid=value >= 0, expected="0 or more"
            )
            for name, value in (("first", first), ("last", last))
        )
        self.shape = shape

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights (K, tasks): 1 for the target, the same for all auxiliary tasks.

        Parameters
        ----------
        step
            The epoch of a step.
        state
            (K, 0), not used.
        """
        import torch

        part = (step.epoch - 1) / max(step.max_epochs - 1, 1)
        if self.shape == "cosine":
            part = 0.5 - 0.5 * math.cos(math.pi * part)
        weights = torch.full_like(step.losses, self.first + (self.last - self.first) * part)
        weights[:, 0] = 1.0
        return weights, state


class PretrainedTasks(SummedWeights):
    """The auxiliary tasks alone in the first epochs, then the target alone.

    Epochs without the target do not count for early stopping.

    Parameters
    ----------
    share
        Share of the epochs for the auxiliary tasks, above 0 and below 1.

    Raises
    ------
    UserError
        If the share is not above 0 and below 1.
    """

    def __init__(self, *, share: float = 0.3) -> None:
        self.share = require_valid(
            share,
            weighting="pretrain",
            name="share",
            valid=0 < share < 1,
            expected="above 0 and below 1",
        )

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights (K, tasks), 0 or 1; the last epoch always trains the target.

        Parameters
        ----------
        step
            The epoch of a step.
        state
            (K, 0), not used.
        """
        import torch

        epochs = min(max(round(self.share * step.max_epochs), 1), step.max_epochs - 1)
        on_tasks = step.epoch <= epochs
        weights = torch.full_like(step.losses, float(on_tasks))
        weights[:, 0] = float(not on_tasks)
        return weights, state
