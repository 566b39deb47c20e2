"""LNM011: calibration slopes far from 1."""

from __future__ import annotations

import math
from typing import Literal

from lnmbench.records import Results
from lnmbench.results import (
    binary_results,
    calibrate,
    complete_methods,
    format_decimal,
    format_interval,
)
from lnmbench.stats.recalibration import Calibration
from lnmbench_checks.messages import docs_address, join_messages

LEAST, MOST = 0.8, 1.25


class CalibrationSlope:
    """The calibration slope must be from .8 to 1.25, or its 95 % interval must include 1.

    Assessed on the out-of-fold probabilities of each repeat and averaged over the repeats, for each
    outcome of a target with several. Below 1,
    probabilities are too extreme; above 1, too moderate. The interval alone would report small
    deviations in a large cohort; the bounds alone would report chance in a small cohort. Not
    applicable without a complete method whose slope is defined and finite.
    """

    title = "calibration slopes are close to 1"
    severity: Literal["warning"] = "warning"
    remedy = (
        "do not interpret the probabilities as risks; recalibrate them on other patients before use"
    )
    docs = docs_address("LNM011")

    def __call__(self, results: Results) -> str | None:
        """Return the methods with their slope."""
        fits = [
            (f"{r.method.label}, {name}" if name else r.method.label, calibrate(outcome, r))
            for name, outcome in binary_results(results).items()
            for r in complete_methods(outcome)
        ]
        defined = [
            (label, fit)
            for label, fit in fits
            if fit is not None and math.isfinite(fit.slope_interval.low)
        ]
        messages = [
            f"{label}: slope {format_decimal(fit.slope)} (95 % CI {_interval(fit)})"
            for label, fit in defined
            if _is_far_from_one(fit)
        ]
        return join_messages(messages) if defined else None


def _interval(fit: Calibration) -> str:
    return format_interval(fit.slope_interval.low, fit.slope_interval.high, estimate=fit.slope)


def _is_far_from_one(fit: Calibration) -> bool:
    includes_one = fit.slope_interval.low <= 1.0 <= fit.slope_interval.high
    return not includes_one and not LEAST <= fit.slope <= MOST
