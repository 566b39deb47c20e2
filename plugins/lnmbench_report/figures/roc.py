"""ROC curves of the averaged out-of-fold probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, MethodResult, Panel, Results
from lnmbench.stats.curves import roc_band, roc_curve
from lnmbench.stats.discrimination import auc
from lnmbench_report.arms import questions
from lnmbench_report.figures.contrasts import of_shown
from lnmbench_report.figures.frame import averaged, drawn, entitled, left_out, rule, thinned
from lnmbench_report.patients import taken_for_independent
from lnmbench_report.printed import decimal

X = Axis(title="False positive rate (1 − specificity)", low=0.0, high=1.0)
Y = Axis(title="Sensitivity", low=0.0, high=1.0)


def roc(results: Results) -> Iterator[Figure]:
    """Yield the curve of each drawn method, with a band for those of the first question."""
    outcomes, truth = drawn(results), results.truth
    if not outcomes or truth is None:
        return
    banded = _banded(results, outcomes)
    marks = (
        rule([0.0, 1.0], [0.0, 1.0], "no discrimination"),
        *(_band(truth, o) for o in outcomes if o.method.fingerprint in banded),
        *(_curve(truth, o) for o in outcomes),
    )
    yield Figure(
        key="roc",
        title=entitled(results, "ROC curves"),
        alt=_alt(truth, outcomes),
        panels=(Panel(x=X, y=Y, marks=marks),),
        notes=(*_notes(results), *left_out(results)),
    )


def _banded(results: Results, outcomes: Sequence[MethodResult]) -> set[str]:
    """Two bands at most: more hide each other."""
    asked = of_shown(results, questions(results))
    if not asked:
        return {outcomes[0].method.fingerprint}
    return {asked[0].method.fingerprint, asked[0].reference.fingerprint}


def _band(truth: NDArray[np.float64], outcome: MethodResult) -> Mark:
    band, key = roc_band(truth, outcome.probability), outcome.method.fingerprint
    middle = (band.low + band.high) / 2.0
    return Mark(
        kind="band",
        x=band.false_positive_rate,
        y=middle,
        low=band.low,
        high=band.high,
        methods=(key,),
        color=key,
    )


def _curve(truth: NDArray[np.float64], outcome: MethodResult) -> Mark:
    curve, key = roc_curve(truth, outcome.probability), outcome.method.fingerprint
    x, y = thinned(curve.false_positive_rate, curve.true_positive_rate)
    name = f"{outcome.method.label}, pooled AUC {_auc(truth, outcome)}"
    return Mark(kind="line", x=x, y=y, name=name, methods=(key,), color=key)


def _auc(truth: NDArray[np.float64], outcome: MethodResult) -> str:
    return decimal(auc(truth, outcome.probability))


def _alt(truth: NDArray[np.float64], outcomes: Sequence[MethodResult]) -> str:
    areas = "; ".join(f"{o.method.label} {_auc(truth, o)}" for o in outcomes)
    return f"Sensitivity against the false positive rate. Pooled AUC: {areas}. Chance: .500."


def _notes(results: Results) -> Iterator[str]:
    yield (
        f"{averaged(results)} Their pooled AUC is another number than the mean over the outer "
        "folds, which the tables give and the tests compare."
    )
    yield (
        "Bands, for the methods of the first question: pointwise 95 % intervals by bootstrap of "
        "the cases; they hold for these fitted models."
    )
    yield from taken_for_independent(results, "the bands take")
