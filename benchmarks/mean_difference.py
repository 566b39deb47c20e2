"""Mean of a difference over simulated cohorts, with its standard error."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lnmbench.results import format_difference, format_with_error


def format_mean_difference(differences: NDArray[np.float64]) -> str:
    """Return the mean of differences (n,) ± its standard error; of a single one without error."""
    mean = float(np.mean(differences))
    if len(differences) < 2:
        return format_difference(mean)
    return format_with_error(mean, float(np.std(differences, ddof=1)) / math.sqrt(len(differences)))
