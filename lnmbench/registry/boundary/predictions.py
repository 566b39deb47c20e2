"""Predictions that are not trained, behind the boundary."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import CasePredictions, Cohort, PredictionScale
from lnmbench.registry.boundary.arrays import require_array, view_cohort
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_flag,
    require_number,
    require_option,
    require_text,
    require_texts,
)

SCALES: tuple[PredictionScale, ...] = get_args(PredictionScale)

LONGEST_LABEL = 80


class GuardedPredictions:
    """Fixed predictions of a plugin.

    Parameters
    ----------
    baseline
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, baseline: Any, boundary: Boundary) -> None:
        self._baseline, self._boundary = baseline, boundary

    def predict_cases(
        self, cohort: Cohort, find_case: Callable[[str], int | None]
    ) -> CasePredictions:
        """Return the predictions for a cohort; arguments as in `FixedPredictions`."""
        check = partial(_require_predictions, count=len(cohort))
        function = self._baseline.predict_cases
        return self._boundary.call("predict_cases", check, function, view_cohort(cohort), find_case)


def _require_predictions(value: object, *, count: int) -> CasePredictions:
    if not isinstance(value, CasePredictions):
        raise Unexpected("CasePredictions", describe(value))
    by_repeat = np.ndim(value.values) == 2
    shape = (None, count) if by_repeat else (count,)
    values = require_array(value.values, shape=shape, low=0.0, high=1.0, nan=True)
    scale = next(scale for scale in SCALES if scale == require_option(value.scale, SCALES))
    if scale == "call" and not np.isin(values[~np.isnan(values)], (0.0, 1.0)).all():
        raise Unexpected("calls of 0 or 1", "others")
    return CasePredictions(
        values=values,
        scale=scale,
        folds=None if value.folds is None else _require_folds(value.folds, values),
        partial=require_flag(value.partial),
        notes=require_texts(value.notes),
        rating_range=_require_range(value.rating_range, scale),
        label=require_text(value.label)[:LONGEST_LABEL] if value.label else "",
        missing=require_text(value.missing) if value.missing else "",
    )


def _require_range(value: object, scale: str) -> tuple[float, float] | None:
    if value is None:
        return None
    if scale != "rating" or not isinstance(value, tuple) or len(value) != 2:
        raise Unexpected("the lowest and the highest rating, of ratings alone", describe(value))
    low, high = (require_number(each) for each in value)
    if low > high:
        raise Unexpected("the lowest rating before the highest", f"{low:g} and {high:g}")
    return low, high


def _require_folds(value: object, values: NDArray[np.float64]) -> NDArray[np.int64]:
    if values.ndim != 2:
        raise Unexpected("folds for predictions of each repeat alone", "predictions for all")
    folds = require_array(value, shape=values.shape, low=-1.0)
    if (folds != folds.astype(np.int64)).any():
        raise Unexpected("numbers of folds", "fractions")
    return folds.astype(np.int64)
