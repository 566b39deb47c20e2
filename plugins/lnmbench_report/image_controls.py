"""Networks against their image controls: the same networks with changed images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Axis,
    Block,
    Cell,
    Figure,
    Mark,
    NetworkMethod,
    Panel,
    Results,
    Table,
    TableColumn,
    image_control,
    image_control_seed,
)
from lnmbench.results import (
    ALPHA,
    Effect,
    Question,
    format_decimal,
    format_difference,
    image_control_questions,
    method_labels,
    metric_heading,
    metric_title,
    primary_metrics_in_order,
    question_effects,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.effect_cells import effect_cells
from lnmbench_report.figure_parts import draw_estimate, figure_title, reference_line

MOST_ROWS = 12
"""The largest number of pairs in the figure."""
COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="control", heading="Image control", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="own", heading="Own images"),
    TableColumn(key="changed", heading="Control"),
    TableColumn(key="difference", heading="Difference (95 % CI)"),
    TableColumn(key="p", heading="p"),
    TableColumn(key="conclusion", heading="Conclusion", align="left"),
)
_CONCLUSIONS = {
    "better": "better than the control",
    "worse": "worse than the control",
    "same": "the same in every fold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A network against one of its image controls in one metric."""

    question: Question
    effect: Effect


class ImageControls:
    """Each network with its own images against the same one with changed images."""

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return a table and a figure, or no block without an image control."""
        rows = list(_make_rows(results))
        if not rows:
            return []
        return [_make_table(results, rows), _draw_differences(results, rows)]


def _make_rows(results: Results) -> Iterator[Row]:
    primary = primary_metrics_in_order(results)
    for question in image_control_questions(results):
        for effect in question_effects(results, question):
            if effect.metric in primary and not effect.undefined:
                yield Row(question=question, effect=effect)


def _make_table(results: Results, rows: Sequence[Row]) -> Table:
    labels = method_labels(results)
    return Table(
        key="image_controls",
        title=f"Does the network need the images?{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(
            (Cell(text=labels[row.question.method.fingerprint]), *_make_cells(results, row))
            for row in rows
        ),
        notes=(
            "Control: the same network, folds and clinical features with changed images: pixels "
            "inside (shuffled_roi) or outside (shuffled_background) of the tumor mask permuted in "
            "each slice, the images of another patient, or noise.",
            "p: corrected test of the difference, not adjusted: a control is outside of Holm's "
            f"family. Not shown: p is {format_decimal(ALPHA, digits=2)} or more, so that it is not "
            "demonstrated that the network uses what the control removes.",
        ),
        methods=tuple((row.question.method.fingerprint,) for row in rows),
    )


def _make_cells(results: Results, row: Row) -> Iterator[Cell]:
    effect = row.effect
    unchanged, changed = (
        _mean_score(results, method.fingerprint, effect.metric)
        for method in (row.question.method, row.question.reference)
    )
    yield Cell(text=_name_control(row.question))
    yield Cell(text=metric_heading(results, effect.metric))
    yield Cell(text=format_decimal(unchanged), value=unchanged)
    yield Cell(text=format_decimal(changed), value=changed)
    yield from effect_cells(effect)
    yield Cell(text=_CONCLUSIONS.get(effect.direction, "not shown"))


def _name_control(question: Question) -> str:
    """Return the change of the control's images, with its seed unless it is 0."""
    control = question.reference
    if not isinstance(control, NetworkMethod):
        return ""
    seed = image_control_seed(control.encoder)
    return image_control(control.encoder) + (f", seed {seed}" if seed else "")


def _mean_score(results: Results, fingerprint: str, metric: str) -> float:
    (result,) = (r for r in results.method_results if r.method.fingerprint == fingerprint)
    return float(result.scores[metric].values.mean())


def _draw_differences(results: Results, rows: Sequence[Row]) -> Figure:
    labels = method_labels(results)
    pairs = list(dict.fromkeys(row.question.fingerprints for row in rows))
    drawn = pairs[:MOST_ROWS]
    of_pair = {row.question.fingerprints: row.question for row in rows}
    names = tuple(
        f"{labels[of_pair[pair].method.fingerprint]}, {_name_control(of_pair[pair])}"
        for pair in drawn
    )
    shown = [row for row in rows if row.question.fingerprints in drawn]
    metrics = list(dict.fromkeys(row.effect.metric for row in shown))
    texts = [
        f"{names[drawn.index(row.question.fingerprints)]} {format_difference(row.effect.estimate)} "
        f"in {row.effect.metric_title}"
        for row in shown
    ]
    hidden = len(pairs) - len(drawn)
    return Figure(
        key="image-controls",
        title=figure_title(results, "Differences from the image controls"),
        alt=f"Mean differences over the outer folds: {'; '.join(texts)}.",
        panels=tuple(
            Panel(
                title=metric_heading(results, metric),
                x=Axis(title=f"Own images minus control, {metric_title(results, metric)}"),
                y=Axis(title="", categories=names),
                marks=(
                    reference_line([0.0, 0.0], [-0.5, len(names) - 0.5]),
                    *(
                        mark
                        for row in shown
                        if row.effect.metric == metric
                        for mark in _draw_row(row, drawn.index(row.question.fingerprints))
                    ),
                ),
            )
            for metric in metrics
        ),
        notes=(f"{plural(hidden, 'more pair is', 'more pairs are')} in the table.",)
        if hidden
        else (),
    )


def _draw_row(row: Row, position: int) -> Iterator[Mark]:
    effect = row.effect
    methods = (row.question.method.fingerprint, row.question.reference.fingerprint)
    return draw_estimate(
        effect.estimate, effect.low, effect.high, position, methods=methods, color="reference"
    )
