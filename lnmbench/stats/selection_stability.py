"""Stability of a selection of features over fits (Nogueira, Sechidis and Brown 2018)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def selection_stability(selected: NDArray[np.bool_]) -> float:
    """Return the stability of a selection of features, corrected for chance.

    1 if all fits select the same features, about 0 if each selects as many at random, and negative
    if they agree less than that. With the share p of the M fits that select a feature, and k
    features selected on average of d, it is 1 − mean(M / (M − 1) · p (1 − p)) / (k/d · (1 − k/d))
    (Nogueira et al. 2018, *J Mach Learn Res* 18:174). It equals Fleiss' kappa of the
    fits as raters of the features.

    Parameters
    ----------
    selected
        Whether each fit selects each feature, (M, d).

    Returns
    -------
    float
        NaN for a single fit, and if all or no features are selected in all fits.

    Examples
    --------
    >>> selection_stability(np.array([[True, True, False, False], [True, False, True, False]]))
    0.0
    """
    fits, features = selected.shape
    if fits < 2 or not features:
        return math.nan
    shares = selected.mean(axis=0)
    mean_share = float(shares.mean())
    if mean_share in (0.0, 1.0):
        return math.nan
    variance = float((fits / (fits - 1) * shares * (1.0 - shares)).mean())
    return 1.0 - variance / (mean_share * (1.0 - mean_share))
