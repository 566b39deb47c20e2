"""What every statistic asks of its arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def finite(values: ArrayLike, what: str, *, at_least: int = 1) -> NDArray[np.float64]:
    """Return the values as float64 of shape (m,), flattened in C order.

    Raises `ValueError`, naming `what`, for NaN, for infinite and for too few values.
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    if array.size < at_least:
        raise ValueError(f"{what}: expected at least {at_least} values, got {array.size}")
    wrong = np.count_nonzero(~np.isfinite(array))
    if wrong:
        raise ValueError(f"{what}: {wrong} of {array.size} values are NaN or infinite")
    return array


def two_classes(y: ArrayLike) -> NDArray[np.float64]:
    """Return labels as float64 of shape (n,).

    Raises `ValueError` for labels other than 0 and 1, and where one of the two is lacking.
    """
    labels = finite(y, "labels")
    if not np.isin(labels, (0.0, 1.0)).all():
        raise ValueError("labels: expected 0 and 1 only")
    if labels.min() == labels.max():
        raise ValueError(f"labels: expected both classes, got {labels.size} of {labels[0]:.0f}")
    return labels
