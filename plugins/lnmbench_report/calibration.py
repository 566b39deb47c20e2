"""Calibration intercept, slope and O/E, and calibration curves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Axis,
    Block,
    Cell,
    Figure,
    Mark,
    MethodResult,
    Panel,
    Results,
    TableColumn,
)
from lnmbench.results import MISSING, calibrate, complete_methods, format_decimal
from lnmbench.stats.calibration_curves import CalibrationCurve, calibration_curve
from lnmbench.stats.recalibration import Calibration
from lnmbench.stats.resampled import Interval
from lnmbench.text import plural
from lnmbench_report.figure_parts import (
    describe_bootstrap,
    describe_predictions,
    figure_title,
    methods_with_probabilities,
    probability_limit,
    reference_line,
    require_predictions,
    score_notes,
    undrawn_notes,
)
from lnmbench_report.method_table import make_method_table

BINS, CASES_IN_A_BIN = 10, 4
COLUMNS = (
    TableColumn(key="intercept", heading="Intercept (95 % CI)"),
    TableColumn(key="slope", heading="Slope (95 % CI)"),
    TableColumn(key="in_the_large", heading="In the large (95 % CI)"),
    TableColumn(key="observed_expected", heading="O/E"),
    TableColumn(key="brier", heading="Brier"),
    TableColumn(key="scaled_brier", heading="Scaled Brier"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodCurve:
    """A method with its calibration curve."""

    result: MethodResult
    curve: CalibrationCurve


class CalibrationTable:
    """Calibration of each complete method on the out-of-fold probabilities of each repeat."""

    group: SectionGroup = "predictions"
    by_outcome = True

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block while no method is complete."""
        complete = complete_methods(results)
        if not results.truth.size:
            return []
        fits = [calibrate(results, result) for result in complete]
        return make_method_table(
            results,
            complete,
            lambda result: [tuple(_make_cells(calibrate(results, result)))],
            key="calibration",
            title="Calibration",
            columns=COLUMNS,
            notes=tuple(_write_notes(results, fits)),
        )


def draw_calibration_curves(results: Results) -> Iterator[Figure]:
    """Yield a panel for each drawn method: bins, a smooth curve with its band, the diagonal."""
    methods, truth = methods_with_probabilities(results), results.truth
    if not methods:
        return
    bins = max(1, min(BINS, truth.size // CASES_IN_A_BIN))
    curves = [
        MethodCurve(
            result=result,
            curve=calibration_curve(
                truth, require_predictions(result), bins, patients=results.patients
            ),
        )
        for result in methods
    ]
    end = probability_limit([_highest(method_curve.curve) for method_curve in curves])
    yield Figure(
        key="calibration-curves",
        title=figure_title(results, "Calibration"),
        alt=_describe_curves(results, methods),
        panels=tuple(_draw_panel(method_curve, end) for method_curve in curves),
        notes=(
            f"{describe_predictions(results)} Dots: groups of equal size with Wilson's 95 % "
            "interval for the effective number of cases. Line: logistic regression on a restricted "
            f"cubic spline. {describe_bootstrap(results, 'Bands are pointwise 95 % bootstraps')} "
            "Below the dashed line, predicted risks are too high.",
            *score_notes(results),
            *undrawn_notes(results),
        ),
    )


def _make_cells(fit: Calibration | None) -> Iterator[Cell]:
    if fit is None:
        yield from (Cell(text=MISSING) for _ in COLUMNS)
        return
    yield _interval_cell(fit.intercept, fit.intercept_interval)
    yield _interval_cell(fit.slope, fit.slope_interval)
    yield _interval_cell(fit.in_the_large, fit.in_the_large_interval)
    ratio, bounds = fit.observed_expected, fit.observed_expected_interval
    yield Cell(text=format_decimal(ratio, digits=2), value=ratio, low=bounds.low, high=bounds.high)
    yield Cell(text=format_decimal(fit.brier), value=fit.brier)
    yield Cell(text=format_decimal(fit.scaled_brier), value=fit.scaled_brier)


def _interval_cell(value: float, bounds: Interval) -> Cell:
    if not math.isfinite(value):
        return Cell(text=MISSING)
    estimate, low, high = (format_decimal(v, digits=2) for v in (value, bounds.low, bounds.high))
    return Cell(text=f"{estimate} ({low} to {high})", value=value, low=bounds.low, high=bounds.high)


def _write_notes(results: Results, fits: Sequence[Calibration | None]) -> Iterator[str]:
    inner_fits = plural(results.protocol.inner, "fit")
    yield (
        f"{describe_predictions(results)} Each probability is the mean over the {inner_fits} of "
        f"the inner folds. {describe_bootstrap(results)}"
    )
    yield (
        "Perfect: intercept 0, slope 1 (below: too extreme, above: too moderate), in the large 0 "
        "(below: too high on average), O/E 1. Scaled Brier: 0 no better than the prevalence, "
        "1 perfect."
    )
    if not all(fit and math.isfinite(fit.slope) for fit in fits):
        yield (
            f"{MISSING}: no slope, because in a repeat all probabilities are equal or separate all "
            "positive from all negative cases, or because scores are not probabilities."
        )


def _highest(curve: CalibrationCurve) -> float:
    return float(max(curve.bins.high.max(), curve.smooth.predicted.max()))


def _draw_panel(method_curve: MethodCurve, end: float) -> Panel:
    method = method_curve.result.method
    diagonal = reference_line([0.0, end], [0.0, end], "perfect calibration")
    return Panel(
        title=method.label,
        x=Axis(title="Predicted probability", low=0.0, high=end),
        y=Axis(title="Observed share of positive cases", low=0.0, high=end),
        marks=(diagonal, *_draw_curve(method_curve.curve, method.fingerprint)),
        methods=(method.fingerprint,),
    )


def _draw_curve(curve: CalibrationCurve, key: str) -> Iterator[Mark]:
    smooth, bins = curve.smooth, curve.bins
    if smooth.knots:
        yield Mark(
            kind="band",
            x=smooth.predicted,
            y=smooth.observed,
            low=smooth.low,
            high=smooth.high,
            methods=(key,),
            color=key,
        )
        yield Mark(kind="line", x=smooth.predicted, y=smooth.observed, methods=(key,), color=key)
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


def _describe_curves(results: Results, methods: Sequence[MethodResult]) -> str:
    fits = [(result.method.label, calibrate(results, result)) for result in methods]
    parts = [
        f"{label}: slope {format_decimal(fit.slope, digits=2)}, "
        f"observed/expected {format_decimal(fit.observed_expected, digits=2)}"
        for label, fit in fits
        if fit is not None
    ]
    return (
        "Observed share against predicted probability; perfect values: 1 and 1. "
        f"{'; '.join(parts)}."
    )
