"""Methods that are not trained, their cases, and the methods that they are compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import MethodResult, Results
from lnmbench.results import complete_methods
from lnmbench_report.figure_parts import require_predictions


def untrained_methods(results: Results) -> list[MethodResult]:
    """Return the complete methods that are not trained, also those that lack cases."""
    return [
        result
        for result in results.method_results
        if not result.method.trained and result.complete and result.predicted is not None
    ]


def trained_methods(results: Results) -> list[MethodResult]:
    """Return the complete trained methods without controls."""
    return [
        result
        for result in complete_methods(results)
        if result.method.trained and not result.method.is_control and result.predicted is not None
    ]


def covered_cases(result: MethodResult) -> NDArray[np.bool_]:
    """Return which cases have a prediction, (n,)."""
    return np.asarray(~np.isnan(require_predictions(result)).any(axis=0))
