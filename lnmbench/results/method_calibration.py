"""Calibration of methods, shared by sections and checks."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lnmbench.records import MethodResult, Results
from lnmbench.stats.recalibration import Calibration, calibration


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
    if result.method.scale != "probability":
        return None
    if predicted is None or np.unique(results.truth).size < 2:
        return None
    if not bool(((predicted >= 0.0) & (predicted <= 1.0)).all()):
        return None
    # checks and sections get copies of the results, so the cache is by content
    return _calibrate(
        results.truth.astype(np.float64).tobytes(),
        predicted.astype(np.float64).tobytes(),
        results.patients.astype(np.int64).tobytes(),
    )


@lru_cache(maxsize=64)
def _calibrate(truth: bytes, predicted: bytes, patients: bytes) -> Calibration:
    labels = np.frombuffer(truth)
    return calibration(
        labels,
        np.frombuffer(predicted).reshape(-1, labels.size),
        patients=np.frombuffer(patients, dtype=np.int64),
    )
