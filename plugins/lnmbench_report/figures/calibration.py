"""Whether predicted probabilities happen as often as they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, MethodResult, Panel, Results
from lnmbench.stats.calibration_curves import CalibrationCurve, calibration_curve
from lnmbench.stats.recalibration import calibration
from lnmbench_report.figures.frame import (
    averaged,
    drawn_on_probabilities,
    entitled,
    left_out,
    no_probabilities,
    rule,
    upper_end,
)
from lnmbench_report.printed import decimal

BINS, CASES_IN_A_BIN = 10, 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibrated:
    """A method with its calibration curve."""

    outcome: MethodResult
    curve: CalibrationCurve


def calibration_curves(results: Results) -> Iterator[Figure]:
    """Yield a panel for each drawn method: bins, a smooth curve with its band, the diagonal."""
    outcomes, truth = drawn_on_probabilities(results), results.truth
    if not outcomes or truth is None:
        return
    bins = max(1, min(BINS, truth.size // CASES_IN_A_BIN))
    found = [
        Calibrated(outcome=o, curve=calibration_curve(truth, o.probability, bins)) for o in outcomes
    ]
    end = upper_end([_highest(one.curve) for one in found])
    yield Figure(
        key="calibration-curves",
        title=entitled(results, "Calibration"),
        alt=_alt(truth, found),
        panels=tuple(_panel(one, end) for one in found),
        notes=(_note(results), *no_probabilities(results), *left_out(results)),
    )


def _highest(curve: CalibrationCurve) -> float:
    return float(max(curve.bins.high.max(), curve.smooth.predicted.max()))


def _panel(one: Calibrated, end: float) -> Panel:
    key = one.outcome.method.fingerprint
    return Panel(
        title=one.outcome.method.label,
        x=Axis(title="Predicted probability", low=0.0, high=end),
        y=Axis(title="Observed share of positive cases", low=0.0, high=end),
        marks=(rule([0.0, end], [0.0, end], "perfect calibration"), *_marks(one.curve, key)),
        methods=(key,),
    )


def _marks(curve: CalibrationCurve, key: str) -> Iterator[Mark]:
    smooth, bins = curve.smooth, curve.bins
    if smooth.knots:
        x, low, high = smooth.predicted, smooth.low, smooth.high
        yield Mark(
            kind="band", x=x, y=smooth.observed, low=low, high=high, methods=(key,), color=key
        )
        yield Mark(kind="line", x=x, y=smooth.observed, methods=(key,), color=key)
    yield Mark(
        kind="interval",
        x=bins.predicted,
        y=bins.observed,
        low=bins.low,
        high=bins.high,
        methods=(key,),
        color=key,
    )
    yield Mark(kind="points", x=bins.predicted, y=bins.observed, methods=(key,), color=key)


def _alt(truth: NDArray[np.float64], found: Sequence[Calibrated]) -> str:
    numbers = [(one, calibration(truth, one.outcome.probability)) for one in found]
    parts = [
        f"{one.outcome.method.label}: slope {decimal(own.slope, digits=2)}, "
        f"observed/expected {decimal(own.observed_expected, digits=2)}"
        for one, own in numbers
    ]
    return f"Observed share against predicted probability; perfect are 1 and 1. {'; '.join(parts)}."


def _note(results: Results) -> str:
    return (
        f"{averaged(results)} Dots: groups of equally many cases with Wilson's 95 % interval. "
        "Line: logistic regression on a restricted cubic spline, with its pointwise 95 % band. "
        "Below the dashed line, predicted risks are too high."
    )
