"""The tasks of each model in one training step, for weightings that adapt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightingStep:
    """The losses and gradients of K models in one step; the target is the first task.

    Parameters
    ----------
    losses
        Mean loss of each model and task, multiplied by its loss weight, (K, tasks), float32.
    gramians
        Inner products of the gradients of these losses with respect to the parameters that all
        tasks share, (K, tasks, tasks), float32; None unless the weighting needs gradients.
    uniforms
        Random numbers in [0, 1) from the random stream of each model, (K, tasks, tasks), float32.
    epoch
        The epoch, counted from one.
    max_epochs
        The largest number of epochs.
    """

    losses: Tensor
    gramians: Tensor | None
    uniforms: Tensor
    epoch: int
    max_epochs: int
