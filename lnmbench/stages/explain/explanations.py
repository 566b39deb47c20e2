"""Explanations of the predictions of methods for single cases."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Method
from lnmbench.stages.explain.occlusion import share_inside


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SliceExplanation:
    """The slices of a case: weights, and effects on the predicted probability.

    Attributes
    ----------
    weights
        The weight of each slice in what the method pools, mean over the inner fits, (S,); the
        weights have the sum 1.
    effects
        The probability with all slices minus that without a slice, (S,).
    """

    weights: NDArray[np.float64]
    effects: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OcclusionMap:
    """The effect of occluding each pixel of an image on the predicted probability.

    Attributes
    ----------
    effects
        The probability of the image minus that with a patch occluded, mean over the patches that
        cover a pixel, (H, W).
    slice_hu
        The slice with the largest tumor area, or the middle one, HU, (H, W).
    slice_mask
        The tumor in this slice, uint8 (H, W).
    tumor
        The pixels in the tumor in any slice, bool (H, W).
    """

    effects: NDArray[np.float64]
    slice_hu: NDArray[np.int16]
    slice_mask: NDArray[np.uint8]
    tumor: NDArray[np.bool_]

    @property
    def tumor_share(self) -> float:
        """The share of the absolute effects in the tumor; NaN without a tumor mask."""
        return share_inside(self.effects, self.tumor) if self.tumor.any() else float("nan")

    @property
    def tumor_area(self) -> float:
        """The tumor's share of the area; NaN without a tumor mask."""
        return float(self.tumor.mean()) if self.tumor.any() else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseExplanation:
    """The prediction of a method for a case, and what it depends on.

    Attributes
    ----------
    case
        The number of the case in the ledger.
    stored
        The out-of-fold probability in the ledger.
    predicted
        The probability of the method that was trained again.
    slices
        The slices; None for an encoder of volumes.
    occlusion
        The occlusion map; None for features of a file.
    """

    case: int
    stored: float
    predicted: float
    slices: SliceExplanation | None = None
    occlusion: OcclusionMap | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodExplanation:
    """The explanations of a method for an outcome of the target, one for each case.

    `outcome` is its number; it is 0 for a binary target.
    """

    method: Method
    outcome: int = 0
    cases: tuple[CaseExplanation, ...] = field(default=())

    @property
    def largest_deviation(self) -> float:
        """The largest difference between a stored prediction and that of the repeated training."""
        return max((abs(each.predicted - each.stored) for each in self.cases), default=0.0)
