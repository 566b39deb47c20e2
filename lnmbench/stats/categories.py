"""Categories as numbers: the share of events in each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RARE = 5
"""Number of cases below which a category is too rare for a share of its own."""


def shares(
    categories: NDArray[np.float64], y: NDArray[np.float64], *, rare: int = RARE
) -> NDArray[np.float64]:
    """Return the share of events among the cases of each case's category, (n,).

    Categories with fewer than `rare` cases are pooled: otherwise a category of one case would
    reveal its event.

    Parameters
    ----------
    categories
        Category of each case as a number or text, (n,), without missing values.
    y
        Labels of 0 and 1, (n,), without missing values.
    rare
        Number of cases below which categories are pooled.

    Returns
    -------
    ndarray
        Share of events of each case's category, (n,).

    Examples
    --------
    >>> shares(np.array([7, 7, 7, 7, 7, 1, 2]), np.array([1, 1, 0, 0, 0, 1, 0])).tolist()
    [0.4, 0.4, 0.4, 0.4, 0.4, 0.5, 0.5]
    """
    _, numbers, counts = np.unique(categories, return_inverse=True, return_counts=True)
    numbers = np.where(counts[numbers] < rare, len(counts), numbers)
    events = np.bincount(numbers, weights=y)
    return np.asarray((events / np.maximum(np.bincount(numbers), 1))[numbers], dtype=np.float64)
