"""Importance of inputs: the loss of a method when their values are permuted among test cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lnmbench.records.score import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

InputKind = Literal["feature", "modality"]
"""A single feature, or a modality: all features of an examination, or the images."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PermutedPredictions:
    """Predictions of a unit's test cases after the values of an input were permuted among them.

    `name` is that of a feature or a modality. `values` are the probabilities of the target,
    (permutations, t, m) of t test cases in the order of the plan and m outcomes: as all predictions
    of a unit, means over its inner fits.
    """

    kind: InputKind
    name: str
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InputImportance:
    """Loss of a method in a metric when an input is permuted (Breiman 2001).

    `losses` of each outer fold (repeats, folds) are means over the permutations, positive if the
    metric gets worse, NaN if the fold does not define it. `loss` is their mean with the corrected
    95 % interval.
    """

    kind: InputKind
    name: str
    metric: str
    losses: NDArray[np.float64]
    loss: Estimate
