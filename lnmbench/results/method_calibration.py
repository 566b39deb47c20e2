"""Calibration of methods, shared by sections and checks."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lnmbench.records import MethodResult, Results
from lnmbench.stats.recalibration import Calibration, calibration


@lru_cache(maxsize=64)
def calibrate(results: Results, result: MethodResult) -> Calibration | None:
    """Return the calibration of a method, computed in each repeat and averaged.

    Parameters
    ----------
    results
        The results that the method is part of.
    result
        The method.

    Returns
    -------
    Calibration or None
        None without labels of both classes, and if the predictions are not probabilities.
    """
    predicted = result.predicted
    if predicted is None or np.unique(results.truth).size < 2:
        return None
    if not bool(((predicted >= 0.0) & (predicted <= 1.0)).all()):
        return None
    return calibration(results.truth, predicted, patients=results.patients)
