"""Discrimination: ROC and precision-recall curves, averaged over the repeats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import SectionGroup
from lnmbench.records import Axis, Block, Figure, Mark, MethodResult, Panel, Results
from lnmbench.results import all_questions, format_decimal
from lnmbench.stats.curves import pr_curve, roc_band, roc_curve
from lnmbench.stats.delong import delong_components
from lnmbench.stats.discrimination import average_precision
from lnmbench.stats.operating_points import OperatingPoint, operating_point
from lnmbench_report.comparisons.contrasts import select_drawn
from lnmbench_report.figure_parts import (
    describe_bootstrap,
    describe_predictions,
    figure_title,
    methods_with_calls,
    methods_with_predictions,
    reference_line,
    require_predictions,
    thin_curve,
    undrawn_notes,
)
from lnmbench_report.untrained_methods.covered_cases import covered_cases, untrained_methods

FALSE_POSITIVE_RATE = Axis(title="False positive rate (1 − specificity)", low=0.0, high=1.0)
SENSITIVITY = Axis(title="Sensitivity", low=0.0, high=1.0)
RECALL = Axis(title="Recall (sensitivity)", low=0.0, high=1.0)
PRECISION = Axis(title="Precision (positive predictive value)", low=0.0, high=1.0)


class Discrimination:
    """ROC and precision-recall curves of the out-of-fold probabilities of each repeat."""

    group: SectionGroup = "performance"
    by_outcome = True

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return two figures, or no block while no method is complete."""
        return [*draw_roc(results), *draw_precision_recall(results)]


def draw_roc(results: Results) -> Iterator[Figure]:
    """Yield the ROC curve of each drawn method, with bands for those of the first question.

    Calls are a point with its intervals. Methods that lack cases are drawn for those they have.
    """
    methods, truth = methods_with_predictions(results), results.truth
    readers = [r for r in methods_with_calls(results) if _has_both_classes(results, r)]
    lacking = [r for r in _partial_rankings(results) if _has_both_classes(results, r)]
    if not methods and not readers and not lacking:
        return
    banded = _banded_methods(results, methods)
    marks = (
        reference_line([0.0, 1.0], [0.0, 1.0], "no discrimination"),
        *(_roc_band(results, result) for result in methods if result.method.fingerprint in banded),
        *(_roc_curve(truth, result) for result in methods),
        *(_roc_curve(truth, result) for result in lacking),
        *(mark for result in readers for mark in _draw_calls(results, result)),
    )
    areas = "; ".join(f"{_name_cases(r)} {_format_auc(truth, r)}" for r in (*methods, *lacking))
    points = "".join(f" {_describe_calls(results, result)}" for result in readers)
    yield Figure(
        key="roc",
        title=figure_title(results, "ROC curves"),
        alt=f"Sensitivity against the false positive rate. Pooled AUC: {areas or 'none'}. "
        f"Chance: .500.{points}",
        panels=(Panel(x=FALSE_POSITIVE_RATE, y=SENSITIVITY, marks=marks),),
        notes=(*_write_roc_notes(results), *undrawn_notes(results)),
    )


def draw_precision_recall(results: Results) -> Iterator[Figure]:
    """Yield the precision-recall curve of each drawn method, with the prevalence."""
    methods, truth = methods_with_predictions(results), results.truth
    if not methods:
        return
    prevalence = float(truth.mean())
    baseline = reference_line(
        [0.0, 1.0], [prevalence, prevalence], f"prevalence {format_decimal(prevalence)}"
    )
    areas = "; ".join(f"{r.method.label} {_format_ap(truth, r)}" for r in methods)
    yield Figure(
        key="precision-recall",
        title=figure_title(results, "Precision-recall curves"),
        alt=(
            f"Precision against recall. Pooled AP: {areas}. "
            f"Prevalence: {format_decimal(prevalence)}."
        ),
        panels=(
            Panel(x=RECALL, y=PRECISION, marks=(baseline, *(_pr_curve(truth, r) for r in methods))),
        ),
        notes=(
            f"{describe_predictions(results)} Pooled over the folds of a repeat, the AP differs "
            "from the mean over the outer folds. Chance-level precision equals the prevalence.",
            *undrawn_notes(results),
        ),
    )


def _banded_methods(results: Results, methods: Sequence[MethodResult]) -> set[str]:
    """Return two methods at most: more bands hide each other."""
    if not methods:
        return set()
    questions = select_drawn(results, all_questions(results))
    if not questions:
        return {methods[0].method.fingerprint}
    return {questions[0].method.fingerprint, questions[0].reference.fingerprint}


def _roc_band(results: Results, result: MethodResult) -> Mark:
    band = roc_band(results.truth, require_predictions(result), patients=results.patients)
    key = result.method.fingerprint
    return Mark(
        kind="band",
        x=band.false_positive_rate,
        y=(band.low + band.high) / 2.0,
        low=band.low,
        high=band.high,
        methods=(key,),
        color=key,
    )


def _roc_curve(truth: NDArray[np.float64], result: MethodResult) -> Mark:
    covered, key = covered_cases(result), result.method.fingerprint
    curve = roc_curve(truth[covered], require_predictions(result)[:, covered])
    x, y = thin_curve(curve.false_positive_rate, curve.true_positive_rate)
    name = f"{_name_cases(result)}, pooled AUC {_format_auc(truth, result)}"
    return Mark(kind="line", x=x, y=y, name=name, methods=(key,), color=key)


def _draw_calls(results: Results, result: MethodResult) -> Iterator[Mark]:
    """Yield the point of a method with calls, and Wilson's intervals along both axes."""
    point, key = _operating_point(results, result), result.method.fingerprint
    x = np.array([1.0 - point.specificity.estimate])
    y = np.array([point.sensitivity.estimate])
    specificity, sensitivity = point.specificity.interval, point.sensitivity.interval
    for along, low, high in (
        ("x", 1.0 - specificity.high, 1.0 - specificity.low),
        ("y", sensitivity.low, sensitivity.high),
    ):
        yield Mark(
            kind="interval",
            x=x,
            y=y,
            low=np.array([low]),
            high=np.array([high]),
            along=cast("Literal['x', 'y']", along),
            methods=(key,),
            color=key,
        )
    name = f"{_name_cases(result)}, calls"
    yield Mark(kind="points", x=x, y=y, name=name, methods=(key,), color=key)


def _describe_calls(results: Results, result: MethodResult) -> str:
    point = _operating_point(results, result)
    return (
        f"Calls of {_name_cases(result)}: sensitivity "
        f"{format_decimal(point.sensitivity.estimate)}, specificity "
        f"{format_decimal(point.specificity.estimate)}."
    )


def _operating_point(results: Results, result: MethodResult) -> OperatingPoint:
    covered = covered_cases(result)
    called = require_predictions(result)[:, covered] == 1.0
    patients = results.patients[covered] if results.patients.size else None
    return operating_point(results.truth[covered], called, patients=patients)


def _partial_rankings(results: Results) -> list[MethodResult]:
    """Return the methods with probabilities or ratings of a part of the cases."""
    return [r for r in untrained_methods(results) if r.method.partial and r.method.scale != "call"]


def _has_both_classes(results: Results, result: MethodResult) -> bool:
    """Return whether a method has predictions of positive and of negative cases."""
    truth = results.truth[covered_cases(result)]
    return bool((truth == 1.0).any() and (truth == 0.0).any())


def _name_cases(result: MethodResult) -> str:
    """Return the label of a method, with the number of its cases if it lacks some."""
    covered = covered_cases(result)
    if covered.all():
        return result.method.label
    return f"{result.method.label} ({int(covered.sum())} of {covered.size} cases)"


def _pr_curve(truth: NDArray[np.float64], result: MethodResult) -> Mark:
    curve, key = pr_curve(truth, require_predictions(result)), result.method.fingerprint
    x, y = thin_curve(curve.recall, curve.precision)
    name = f"{result.method.label}, pooled AP {_format_ap(truth, result)}"
    return Mark(kind="steps", x=x, y=y, name=name, methods=(key,), color=key)


def _format_auc(truth: NDArray[np.float64], result: MethodResult) -> str:
    covered = covered_cases(result)
    predicted = require_predictions(result)[:, covered]
    return format_decimal(delong_components(truth[covered], predicted).auc)


def _format_ap(truth: NDArray[np.float64], result: MethodResult) -> str:
    areas = [average_precision(truth, repeat) for repeat in require_predictions(result)]
    return format_decimal(float(np.mean(areas)))


def _write_roc_notes(results: Results) -> Iterator[str]:
    yield (
        f"{describe_predictions(results)} Pooled over the folds of a repeat, the AUC differs from "
        "the mean over the outer folds, which the tables show and the tests compare."
    )
    if methods_with_predictions(results):
        yield (
            "Bands are drawn for the methods of the first question. "
            f"{describe_bootstrap(results, 'They are pointwise 95 % bootstraps')}"
        )
    if methods_with_calls(results):
        yield "Dots are calls, which have no curve, with Wilson's 95 % intervals."
    lacking = [*_partial_rankings(results), *methods_with_calls(results)]
    if any(not covered_cases(result).all() for result in lacking):
        yield (
            "Methods with a number of cases in the legend lack the others: compare them with the "
            "tests on the same cases, not with the curves of all cases."
        )
