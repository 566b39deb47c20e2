"""What a unit of work is, and what comes back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lnmbench.records.search import Trial

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TARGET = "target"
"""The task name of the target among the predictions of a unit."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Unit:
    """One method on one outer fold of one repeat."""

    method: str
    repeat: int
    fold: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Epoch:
    """One epoch of one inner fit: mean losses, for the curves of the report."""

    inner: int
    epoch: int
    training_loss: float
    validation_loss: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """How the losses of a method's fits went: quartiles over the fits that were still training.

    `epochs` is (E,), from 1; `training` and `validation` are (E, 3): 25th, 50th, 75th percentile;
    `fits` (E,) counts the fits behind them.
    """

    epochs: NDArray[np.int64]
    training: NDArray[np.float64]
    validation: NDArray[np.float64]
    fits: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitResult:
    """The result of a unit: the ensemble of its inner fits on the outer test fold.

    `test` maps a task (the target's name, or an auxiliary task's) to probabilities of shape
    (n, outputs), NaN outside the test fold: the mean over the inner fits. `validation` is (n,):
    each training case's probability of the target from the fit that did not train on it, NaN in
    the test fold. `seconds` is the unit's share of its chunk, `device_seconds` of what the device
    worked for it. `settings` are those chosen on the inner folds, `search` all that were tried
    where there were several; predictions and `history` are of the chosen ones, `fits` and `epochs`
    count them all. `notes` are for the user.
    """

    unit: Unit
    test: Mapping[str, NDArray[np.float64]]
    validation: NDArray[np.float64]
    seconds: float
    memory_mb: float
    fits: int
    epochs: int
    settings: Mapping[str, object] = field(default_factory=dict)
    history: tuple[Epoch, ...] = ()
    search: tuple[Trial, ...] = ()
    device_seconds: float = 0.0
    notes: tuple[str, ...] = ()
