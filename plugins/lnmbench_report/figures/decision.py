"""Decision curves: what acting on the predictions is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, MethodResult, Panel, Results
from lnmbench.stats.decision_curves import DecisionCurve, decision_curve
from lnmbench_report.figures.frame import (
    averaged,
    drawn_on_probabilities,
    entitled,
    left_out,
    no_probabilities,
    rule,
)
from lnmbench_report.printed import decimal

FIRST = 0.01
_IN_WORDS = 0.5  # of the prevalence: a threshold at which most would like to know
_ROOM = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """A method with its decision curve."""

    outcome: MethodResult
    curve: DecisionCurve


def decision_curves(results: Results) -> Iterator[Figure]:
    """Yield the net benefit of each drawn method, of treating all and of treating none."""
    outcomes, truth = drawn_on_probabilities(results), results.truth
    if not outcomes or truth is None:
        return
    thresholds = np.arange(FIRST, _end(truth, outcomes) + FIRST / 2.0, FIRST)
    found = [
        Decided(outcome=o, curve=decision_curve(truth, o.probability, thresholds)) for o in outcomes
    ]
    yield Figure(
        key="decision-curves",
        title=entitled(results, "Decision curves"),
        alt=_alt(found, float(truth.mean())),
        panels=(_panel(found, float(truth.mean())),),
        notes=(_note(results), *no_probabilities(results), *left_out(results)),
    )


def _end(truth: NDArray[np.float64], outcomes: Sequence[MethodResult]) -> float:
    """Up to where hardly a case is treated, at least to twice the prevalence."""
    reached = max(float(np.quantile(o.probability, 0.99)) for o in outcomes)
    wanted = max(reached, 2.0 * float(truth.mean()))
    return float(np.clip(np.ceil(wanted * 20.0) / 20.0, 0.1, 0.95))


def _panel(found: Sequence[Decided], prevalence: float) -> Panel:
    curve = found[0].curve
    lowest = -_ROOM * prevalence
    # nothing is to be seen of what lies below the axis
    seen = np.searchsorted(-curve.treat_all, -lowest, side="right") + 1
    end = float(curve.thresholds[-1])
    everybody = Mark(
        kind="line",
        x=curve.thresholds[:seen],
        y=curve.treat_all[:seen],
        name="treat all",
        color="reference",
    )
    return Panel(
        x=Axis(title="Threshold probability", low=0.0, high=end),
        y=Axis(title="Net benefit", low=lowest, high=1.1 * prevalence),
        marks=(rule([0.0, end], [0.0, 0.0], "treat none"), everybody, *map(_curve, found)),
    )


def _curve(one: Decided) -> Mark:
    key = one.outcome.method.fingerprint
    return Mark(
        kind="line",
        x=one.curve.thresholds,
        y=one.curve.model,
        name=one.outcome.method.label,
        methods=(key,),
        color=key,
    )


def _alt(found: Sequence[Decided], prevalence: float) -> str:
    curve = found[0].curve
    place = int(np.argmin(np.abs(curve.thresholds - _IN_WORDS * prevalence)))
    parts = "; ".join(
        f"{one.outcome.method.label} {decimal(float(one.curve.model[place]))}" for one in found
    )
    return (
        f"Net benefit against the threshold probability. At {decimal(curve.thresholds[place])}: "
        f"{parts}; treat all {decimal(float(curve.treat_all[place]))}; treat none 0."
    )


def _note(results: Results) -> str:
    return (
        f"{averaged(results)} Net benefit: true positives less weighted false positives, for each "
        "case (Vickers & Elkin 2006); the threshold is the risk from which one would treat. A "
        "method is of use where it lies above both treating all and treating none."
    )
