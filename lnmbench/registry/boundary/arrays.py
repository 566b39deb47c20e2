"""Arrays at the boundary: read-only views for plugins, and checked copies of what they return."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cohort
from lnmbench.registry.boundary.values import (
    SLACK,
    Unexpected,
    describe,
    describe_range,
    require_shape,
)

MOST_PIXELS = 1 << 22
"""Pixels of a picture."""

A = TypeVar("A", bound=np.ndarray[tuple[int, ...], np.dtype[np.generic]])


def view_read_only(array: A) -> A:
    """Return a view of an array that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def view_cohort(cohort: Cohort) -> Cohort:
    """Return the cohort with read-only views of its arrays."""
    return replace(
        cohort,
        card=replace(cohort.card, truth=dict(cohort.card.truth)),
        values={name: view_read_only(values) for name, values in cohort.values.items()},
        offsets=view_read_only(cohort.offsets),
    )


def require_array(
    value: object,
    *,
    shape: Sequence[int | None],
    low: float = -math.inf,
    high: float = math.inf,
    nan: bool = False,
) -> NDArray[np.float64]:
    """Return a copy of an array of numbers, float64.

    Parameters
    ----------
    value
        Any value.
    shape
        The length of each axis, None for any.
    low, high
        The smallest and the greatest allowed number.
    nan
        Whether NaN is allowed.
    """
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        raise Unexpected("an array of numbers", describe(value)) from None
    if array.dtype.kind not in "biuf":
        raise Unexpected("an array of numbers", f"{type(value).__name__} of {array.dtype}")
    require_shape(array.shape, shape)
    numbers = np.array(array, dtype=np.float64)
    missing = np.isnan(numbers)
    allowed = describe_range(low, high, nan=nan)
    if missing.any() and not nan:
        raise Unexpected(allowed, f"{missing.sum()} of {missing.size} NaN")
    inside = np.isfinite(numbers) & (numbers >= low - SLACK) & (numbers <= high + SLACK)
    wrong = numbers[~(inside | missing)]
    if wrong.size:
        raise Unexpected(allowed, f"{wrong[0]:g}")
    return numbers


def require_pixels(value: object) -> NDArray[np.uint8]:
    """Return a copy of the RGB values of a picture, uint8 of the shape (height, width, 3)."""
    if not isinstance(value, np.ndarray) or value.dtype != np.uint8:
        got = f"ndarray of {value.dtype}" if isinstance(value, np.ndarray) else describe(value)
        raise Unexpected("pixels as an array of uint8", got)
    require_shape(value.shape, (None, None, 3))
    if not 0 < value.size <= 3 * MOST_PIXELS:
        raise Unexpected(f"1 to {MOST_PIXELS} pixels in a picture", str(value.size // 3))
    return np.array(value, dtype=np.uint8)
