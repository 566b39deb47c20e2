"""Precision-recall curves of the averaged out-of-fold probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, MethodResult, Panel, Results
from lnmbench.stats.curves import pr_curve
from lnmbench.stats.discrimination import average_precision
from lnmbench_report.figures.frame import averaged, drawn, entitled, left_out, rule, thinned
from lnmbench_report.printed import decimal

X = Axis(title="Recall (sensitivity)", low=0.0, high=1.0)
Y = Axis(title="Precision (positive predictive value)", low=0.0, high=1.0)


def precision_recall(results: Results) -> Iterator[Figure]:
    """Yield the curve of each drawn method over the prevalence."""
    outcomes, truth = drawn(results), results.truth
    if not outcomes or truth is None:
        return
    prevalence = float(truth.mean())
    base = rule([0.0, 1.0], [prevalence, prevalence], f"prevalence {decimal(prevalence)}")
    yield Figure(
        key="precision-recall",
        title=entitled(results, "Precision-recall curves"),
        alt=_alt(truth, outcomes, prevalence),
        panels=(Panel(x=X, y=Y, marks=(base, *(_curve(truth, o) for o in outcomes))),),
        notes=(
            f"{averaged(results)} Their pooled AP is another number than the mean over the outer "
            "folds. Mere chance has the prevalence as its precision.",
            *left_out(results),
        ),
    )


def _curve(truth: NDArray[np.float64], outcome: MethodResult) -> Mark:
    curve, key = pr_curve(truth, outcome.probability), outcome.method.fingerprint
    precision = curve.precision.copy()
    precision[-1] = precision[-2]  # the point at recall 0 is a convention, not a precision
    x, y = thinned(curve.recall, precision)
    name = f"{outcome.method.label}, pooled AP {_ap(truth, outcome)}"
    return Mark(kind="steps", x=x, y=y, name=name, methods=(key,), color=key)


def _ap(truth: NDArray[np.float64], outcome: MethodResult) -> str:
    return decimal(average_precision(truth, outcome.probability))


def _alt(truth: NDArray[np.float64], outcomes: Sequence[MethodResult], prevalence: float) -> str:
    found = "; ".join(f"{o.method.label} {_ap(truth, o)}" for o in outcomes)
    return f"Precision against recall. Pooled AP: {found}. Prevalence: {decimal(prevalence)}."
