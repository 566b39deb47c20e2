"""Units of work, their results, and the cost of a method's units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lnmbench.records.equation import UnitEquations
from lnmbench.records.feature_selection import UnitSelections
from lnmbench.records.importance import PermutedPredictions
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
    """The mean losses of one epoch of one inner fit."""

    inner: int
    epoch: int
    training_loss: float
    validation_loss: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Learning curve of a method: quartiles of the losses over the fits in each epoch.

    `epochs` is (E,), from 1; `training` and `validation` are (E, 3): 25th, 50th, 75th percentile;
    `fits` is (E,), the number of fits that were still training.
    """

    epochs: NDArray[np.int64]
    training: NDArray[np.float64]
    validation: NDArray[np.float64]
    fits: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitResult:
    """The result of a unit: the ensemble of its inner fits on the outer test fold.

    `test` maps a task (`TARGET`, or an auxiliary task's name) to probabilities (n, outputs), NaN
    outside the test fold: the mean over the inner fits. `validation` is (n,), or (n, m)
    for m > 1 outcomes of the target: each training case's probability from the fit that did not
    train on it, NaN in the test fold.
    `seconds` and `device_seconds` are the unit's share of its chunk. `settings` are those chosen on
    the inner folds; `search` are the trials of all candidates, empty for a single one. Predictions
    and `history` are those of the chosen settings; `fits` and `epochs` count all. `notes` are for
    the user. `permuted` are predictions of the test fold with permuted inputs, if they were asked
    for, and `equations` those of a linear model. `selections` are the features that a baseline
    with a selection of features selected.
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
    permuted: tuple[PermutedPredictions, ...] = ()
    equations: UnitEquations | None = None
    selections: UnitSelections | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The fits that were trained, the sum of their epochs, their time and memory.

    `seconds` are wall-clock time, `device_seconds` are processor or GPU time. `memory_mb` is the
    peak memory of a process, or of the GPU.
    """

    fits: int = 0
    epochs: int = 0
    seconds: float = 0.0
    device_seconds: float = 0.0
    memory_mb: float = 0.0
