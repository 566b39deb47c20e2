"""Do probabilities mean what they say?"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from lnmbench.records import MethodResult, Results
from lnmbench.stats.recalibration import Calibration, calibration
from lnmbench_checks.wording import decimal, few

LEAST, MOST = 0.8, 1.25


class SlopeFarFromOne:
    """A calibration slope below .8 or above 1.25 whose 95 % interval leaves out 1.

    Out-of-fold probabilities averaged over the repeats, as in the table of calibration. Below 1
    they are too extreme, above it too moderate. The interval alone would call every deviation far
    in a large cohort, the bounds alone every one in a small cohort. Does not apply without complete
    arms, nor to those whose slope is not defined or infinite.
    """

    title = "calibration slope far from 1"
    severity: Literal["warning"] = "warning"
    remedy = "do not read the probabilities as risks; recalibrate before use, on other patients"

    def __call__(self, results: Results) -> str | None:
        """Return the arms with their slope."""
        fits = [(o.method.label, _fit(o, results)) for o in results.method_results if o.complete]
        judged = [(label, fit) for label, fit in fits if fit is not None]
        found = [
            f"{label}: slope {decimal(fit.slope)} (95 % {decimal(fit.slope_interval.low)} to"
            f" {decimal(fit.slope_interval.high)})"
            for label, fit in judged
            if _far(fit)
        ]
        return few(found) if judged else None


def _fit(outcome: MethodResult, results: Results) -> Calibration | None:
    if outcome.predicted is None or results.truth is None:
        return None
    probability = outcome.probability
    if not bool(((probability >= 0.0) & (probability <= 1.0)).all()):
        return None
    if len(np.unique(results.truth)) < 2:
        return None
    fit = calibration(results.truth, probability)
    return fit if math.isfinite(fit.slope_interval.low) else None


def _far(fit: Calibration) -> bool:
    around = fit.slope_interval.low <= 1.0 <= fit.slope_interval.high
    return not around and not LEAST <= fit.slope <= MOST
