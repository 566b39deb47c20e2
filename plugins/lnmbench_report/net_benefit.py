"""Net benefit at threshold probabilities, and decision curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

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
    Table,
    TableColumn,
)
from lnmbench.results import MISSING, complete_methods, format_decimal, format_interval
from lnmbench.stats.decision_curves import (
    DecisionCurve,
    decision_curve,
    net_benefit,
    net_benefit_intervals,
)
from lnmbench_report.figure_parts import (
    describe_bootstrap,
    describe_predictions,
    figure_title,
    has_probabilities,
    methods_with_probabilities,
    reference_line,
    require_predictions,
    score_notes,
    undrawn_notes,
)
from lnmbench_report.method_table import make_method_table

THRESHOLDS = (0.1, 0.2, 0.3)
"""Threshold probabilities: 9, 4 and 2.3 false positives are worth one true positive."""
FORMULA = "TP/n − FP/n × t/(1 − t), with the threshold probability t (Vickers & Elkin 2006)"
COLUMNS = tuple(
    TableColumn(
        key=f"net_benefit_{format_decimal(threshold, digits=2).lstrip('.')}",
        heading=f"At {format_decimal(threshold, digits=2)} (95 % CI)",
    )
    for threshold in THRESHOLDS
)
STEP = 0.01
_SHARE_IN_TEXT = 0.5  # of the prevalence: the threshold that the text of the figure names
_MARGIN = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodCurve:
    """A method with its decision curve."""

    result: MethodResult
    curve: DecisionCurve


class NetBenefits:
    """The net benefit of each complete method at three threshold probabilities."""

    group: SectionGroup = "predictions"
    by_outcome = True

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block while no method is complete."""
        truth = results.truth
        if not truth.size:
            return []
        tables = make_method_table(
            results,
            complete_methods(results),
            lambda result: [tuple(_make_cells(results, result))],
            key="net_benefit",
            title="Net benefit at threshold probabilities",
            columns=COLUMNS,
            notes=tuple(_write_notes(results)),
        )
        return [_add_treat_all(table, truth) for table in tables if isinstance(table, Table)]


def draw_decision_curves(results: Results) -> Iterator[Figure]:
    """Yield the net benefit of each drawn method, of treating all and of treating none."""
    methods, truth = methods_with_probabilities(results), results.truth
    if not methods:
        return
    prevalence = float(truth.mean())
    end = _threshold_limit(prevalence, methods)
    thresholds = np.arange(STEP, end + STEP / 2.0, STEP)
    curves = [
        MethodCurve(
            result=result, curve=decision_curve(truth, require_predictions(result), thresholds)
        )
        for result in methods
    ]
    yield Figure(
        key="decision-curves",
        title=figure_title(results, "Decision curves"),
        alt=_describe_curves(curves, prevalence),
        panels=(_draw_panel(curves, prevalence),),
        notes=(
            f"{describe_predictions(results)} Net benefit: {FORMULA}. A method is useful at "
            "thresholds where it is above both treating all and treating none.",
            *score_notes(results),
            *undrawn_notes(results),
        ),
    )


def _make_cells(results: Results, result: MethodResult) -> Iterator[Cell]:
    if not has_probabilities(result):
        yield from (Cell(text=MISSING) for _ in COLUMNS)
        return
    truth, predicted = results.truth, require_predictions(result)
    values = net_benefit(truth, predicted, THRESHOLDS).tolist()
    intervals = net_benefit_intervals(truth, predicted, THRESHOLDS, patients=results.patients)
    for value, bounds in zip(values, intervals, strict=True):
        text = f"{format_decimal(value)} ({format_interval(bounds.low, bounds.high)})"
        yield Cell(text=text, value=value, low=bounds.low, high=bounds.high)


def _add_treat_all(table: Table, truth: NDArray[np.float64]) -> Table:
    treat_all = decision_curve(truth, np.ones(len(truth)), THRESHOLDS).treat_all
    cells = (Cell(text=format_decimal(value), value=float(value)) for value in treat_all)
    row = (Cell(text="treat all"), *cells)
    return replace(table, rows=(*table.rows, row), methods=(*table.methods, ()))


def _write_notes(results: Results) -> Iterator[str]:
    yield f"{FORMULA}. {describe_predictions(results)} Treating none has a net benefit of 0."
    yield (
        f"{describe_bootstrap(results)} Patients are drawn within the classes, given the "
        "prevalence."
    )


def _threshold_limit(prevalence: float, methods: Sequence[MethodResult]) -> float:
    """Return the end of the axis: hardly a case is treated there; at least twice the prevalence."""
    highest = max(float(np.quantile(require_predictions(result), 0.99)) for result in methods)
    limit = max(highest, 2.0 * prevalence)
    return float(np.clip(np.ceil(limit * 20.0) / 20.0, 0.1, 0.95))


def _draw_panel(curves: Sequence[MethodCurve], prevalence: float) -> Panel:
    curve = curves[0].curve
    lowest = -_MARGIN * prevalence
    # the part of the curve below the axis is not drawn
    visible = np.searchsorted(-curve.treat_all, -lowest, side="right") + 1
    end = float(curve.thresholds[-1])
    treat_all = Mark(
        kind="line",
        x=curve.thresholds[:visible],
        y=curve.treat_all[:visible],
        name="treat all",
        color="reference",
    )
    treat_none = reference_line([0.0, end], [0.0, 0.0], "treat none")
    return Panel(
        x=Axis(title="Threshold probability", low=0.0, high=end),
        y=Axis(title="Net benefit", low=lowest, high=1.1 * prevalence),
        marks=(treat_none, treat_all, *map(_draw_curve, curves)),
    )


def _draw_curve(method_curve: MethodCurve) -> Mark:
    method, curve = method_curve.result.method, method_curve.curve
    return Mark(
        kind="line",
        x=curve.thresholds,
        y=curve.model,
        name=method.label,
        methods=(method.fingerprint,),
        color=method.fingerprint,
    )


def _describe_curves(curves: Sequence[MethodCurve], prevalence: float) -> str:
    first = curves[0].curve
    index = int(np.argmin(np.abs(first.thresholds - _SHARE_IN_TEXT * prevalence)))
    parts = "; ".join(
        f"{c.result.method.label} {format_decimal(float(c.curve.model[index]))}" for c in curves
    )
    return (
        "Net benefit against the threshold probability. At "
        f"{format_decimal(first.thresholds[index])}: {parts}; treat all "
        f"{format_decimal(float(first.treat_all[index]))}; treat none 0."
    )
