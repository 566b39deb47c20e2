"""Effects of networks that train with several shares of the same labels: a learning curve."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

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
from lnmbench.results import (
    MISSING,
    Effect,
    Question,
    control_tests,
    format_difference,
    join_and,
    label_share_questions,
    label_shares,
    method_labels,
    metric_heading,
    metric_title,
    primary_metrics_in_order,
    question_effects,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.effect_cells import effect_cells
from lnmbench_report.figure_parts import figure_title, reference_line

MOST_CURVES = 4
"""The largest number of networks in the figure."""
_DODGE = 0.012
COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="share", heading="Share"),
    TableColumn(key="labels", heading="Labels"),
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="difference", heading="Difference (95 % CI)"),
    TableColumn(key="p", heading="p"),
    TableColumn(key="controls", heading="Controls, mean (range)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A network with a share of the labels in one metric, against the network without tasks.

    `labels` counts those that train, of all tasks together; `controls` are the differences of its
    negative controls from the network without tasks.
    """

    question: Question
    shares: tuple[float, ...]
    labels: int
    effect: Effect
    controls: tuple[float, ...]


Curve = Sequence[Point]


class LabelShares:
    """The effect of auxiliary tasks by the number of their labels: a table and a figure."""

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return both, or no block if no network trains with several shares of its labels."""
        curves = [_make_curve(results, questions) for questions in label_share_questions(results)]
        curves = [curve for curve in curves if len({point.labels for point in curve}) > 1]
        if not curves:
            return []
        return [_make_table(results, curves), _draw_curves(results, curves)]


def _make_curve(results: Results, questions: Sequence[Question]) -> list[Point]:
    by_key = {result.method.fingerprint: result for result in results.method_results}
    primary = primary_metrics_in_order(results)
    points = []
    for question in questions:
        result = by_key[question.method.fingerprint]
        alone = by_key[question.reference.fingerprint]
        tests = {test.metric: test.scores for test in control_tests(results, question.method)}
        for effect in question_effects(results, question):
            if effect.metric in primary and not effect.undefined:
                mean = _mean_score(alone, effect.metric)
                points.append(
                    Point(
                        question=question,
                        shares=label_shares(question.method),
                        labels=sum(score.known for score in result.aux),
                        effect=effect,
                        controls=tuple(
                            score - mean
                            for score in tests.get(effect.metric, ())
                            if not math.isnan(score)
                        ),
                    )
                )
    return points


def _mean_score(result: MethodResult, metric: str) -> float:
    return float(result.scores[metric].values.mean())


def _make_table(results: Results, curves: Sequence[Curve]) -> Table:
    labels = method_labels(results)
    points = [point for curve in curves for point in curve]
    return Table(
        key="label_shares",
        title=f"How many labels does it take?{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(
            (Cell(text=labels[p.question.method.fingerprint]), *_make_cells(results, p))
            for p in points
        ),
        notes=tuple(_write_notes(points)),
        methods=tuple((point.question.method.fingerprint,) for point in points),
    )


def _make_cells(results: Results, point: Point) -> Iterator[Cell]:
    effect = point.effect
    yield Cell(text=_format_shares(point), value=min(point.shares))
    yield Cell(text=str(point.labels), value=float(point.labels))
    yield Cell(text=metric_heading(results, effect.metric))
    yield from effect_cells(effect)
    yield _control_cell(point)


def _control_cell(point: Point) -> Cell:
    if not point.controls:
        return Cell(text=MISSING)
    mean, low, high = (float(f(point.controls)) for f in (np.mean, np.min, np.max))
    span = f" ({format_difference(low)} to {format_difference(high)})"
    text = format_difference(mean) + (span if len(point.controls) > 1 else "")
    return Cell(text=text, value=mean, low=low, high=high)


def _format_shares(point: Point) -> str:
    return " + ".join(f"{100 * share:.3g} %" for share in dict.fromkeys(point.shares))


def _write_notes(points: Sequence[Point]) -> Iterator[str]:
    yield (
        "Difference from the same network without auxiliary tasks, with the corrected interval; "
        "labels that train the network, of all its tasks together."
    )
    in_family = [min(p.shares) == 1.0 for p in points if p.effect.role == "family"]
    if all(in_family):
        largest = ", which is in Holm's family" if in_family else ""
        yield (
            f"The question is that of the largest share{largest}. Smaller shares are a learning "
            "curve: outside of the family, without verdict. p: corrected, not adjusted."
        )
    else:
        yield "p: corrected, not adjusted; see the differences for Holm's p."
    yield (
        "A smaller share is part of a larger one of the same keep_seed, and all points have one "
        "reference and the same folds, so that neighboring points are not independent."
    )
    if any(point.controls for point in points):
        yield "Controls: differences of the networks whose labels that train are permuted."


def _draw_curves(results: Results, curves: Sequence[Curve]) -> Figure:
    drawn = curves[:MOST_CURVES]
    metrics = [m for m in primary_metrics_in_order(results) if _select(drawn, m)]
    end = max(point.labels for curve in drawn for point in curve)
    return Figure(
        key="label-share-effects",
        title=figure_title(results, "Effect by the number of labels"),
        alt=f"Differences from the network without auxiliary tasks: {_describe(results, drawn)}.",
        panels=tuple(
            Panel(
                title=metric_heading(results, metric),
                x=Axis(title=_name_axis(drawn), low=0.0, high=1.05 * end),
                y=Axis(title=f"Difference in {metric_title(results, metric)}"),
                marks=(
                    reference_line([0.0, 1.05 * end], [0.0, 0.0], "network without the task"),
                    *(
                        mark
                        for index, curve in enumerate(_select(drawn, metric))
                        for mark in _draw_curve(curve, _DODGE * end * index)
                    ),
                ),
            )
            for metric in metrics
        ),
        notes=tuple(_undrawn_notes(len(curves) - len(drawn))),
    )


def _name_axis(curves: Sequence[Curve]) -> str:
    """Return the title of the axis of labels, with the shares if all curves have the same."""
    shares = {tuple(dict.fromkeys(map(_format_shares, curve))) for curve in curves}
    of_labels = f" ({join_and(list(shares.pop()))})" if len(shares) == 1 else ""
    return f"Labels that train the network{of_labels}"


def _select(curves: Sequence[Curve], metric: str) -> list[list[Point]]:
    """Return the points of each curve in a metric."""
    selected = [[point for point in curve if point.effect.metric == metric] for curve in curves]
    return [curve for curve in selected if curve]


def _draw_curve(curve: Curve, shift: float) -> Iterator[Mark]:
    full = curve[-1].question
    color = full.method.fingerprint
    shown = tuple(dict.fromkeys((color, full.reference.fingerprint)))
    x = np.array([float(point.labels) for point in curve]) + shift
    y = np.array([point.effect.estimate for point in curve])
    low = np.array([point.effect.low for point in curve])
    high = np.array([point.effect.high for point in curve])
    controls = [(point.labels + shift, value) for point in curve for value in point.controls]
    if controls:
        yield Mark(
            kind="points",
            x=np.array([place for place, _ in controls]),
            y=np.array([value for _, value in controls]),
            name="negative controls",
            methods=shown,
            color="reference",
        )
    yield Mark(kind="interval", x=x, y=y, low=low, high=high, methods=shown, color=color)
    yield Mark(kind="line", x=x, y=y, methods=shown, color=color)
    name = full.method.label
    yield Mark(kind="points", x=x, y=y, name=name, methods=shown, color=color)


def _describe(results: Results, curves: Sequence[Curve]) -> str:
    texts = []
    for curve in curves:
        for metric in dict.fromkeys(point.effect.metric for point in curve):
            parts = [
                f"{format_difference(point.effect.estimate)} with {plural(point.labels, 'label')}"
                for point in curve
                if point.effect.metric == metric
            ]
            label = curve[-1].question.method.label
            texts.append(f"{label} in {metric_title(results, metric)} {join_and(parts)}")
    return "; ".join(texts)


def _undrawn_notes(hidden: int) -> Iterator[str]:
    if hidden > 0:
        yield f"{plural(hidden, 'more network is', 'more networks are')} in the table."
