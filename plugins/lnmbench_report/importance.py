"""Permutation importance: the loss of each method when a feature or a modality is permuted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    IMAGE_MODALITY,
    Axis,
    Block,
    Cell,
    Figure,
    InputImportance,
    Mark,
    MethodResult,
    Panel,
    Results,
    Table,
    TableColumn,
)
from lnmbench.results import (
    complete_methods,
    drawn_methods,
    format_difference,
    format_with_interval,
    join_and,
    metric_heading,
    metric_title,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.figure_parts import draw_estimate, figure_title

MOST_FEATURES = 10
"""Features of a method in the short table and in the figure; modalities are all shown."""
MOST_PANELS = 4
COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="input", heading="Input", align="left"),
    TableColumn(key="loss", heading="Loss (95 % CI)"),
)
_NOTES = (
    "Loss: the score minus that with the values of the input permuted among the test cases, as a "
    "mean over permutations and outer folds, with the corrected interval; models are not trained "
    "again. Inputs that carry the same information share their importance: permuting one leaves "
    "the others."
)


class Importance:
    """The loss of the first primary metric when an input is permuted (Breiman 2001)."""

    group: SectionGroup = "secondary"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return tables and a figure, or no block if the run computed no importance."""
        methods = [r for r in complete_methods(results) if r.importance]
        if not methods:
            return []
        hidden = sum(len(_sort(r)) - len(_list_shown(r)) for r in methods)
        blocks: list[Block] = [_make_table(results, methods, hidden)]
        if hidden:
            blocks.append(_make_whole_table(results, methods))
        blocks += _draw(results, methods)
        return blocks


def describe_input(each: InputImportance) -> str:
    """Return an input in words: a feature by its name, a modality as all of its features."""
    if each.kind == "feature":
        return each.name
    return "images" if each.name == IMAGE_MODALITY else f"{each.name}, all features"


def _sort(result: MethodResult) -> list[InputImportance]:
    """Return the inputs of a method: modalities first, those with the greatest loss first."""
    defined = [each for each in result.importance if np.isfinite(each.loss.value)]
    return sorted(defined, key=lambda each: (each.kind != "modality", -each.loss.value, each.name))


def _list_shown(result: MethodResult) -> list[InputImportance]:
    ordered = _sort(result)
    modalities = [each for each in ordered if each.kind == "modality"]
    features = [each for each in ordered if each.kind == "feature"]
    return [*modalities, *features[:MOST_FEATURES]]


def _make_table(results: Results, methods: Sequence[MethodResult], hidden: int) -> Table:
    rows = [(result, each) for result in methods for each in _list_shown(result)]
    notes = [_NOTES, *_note_joint(results, methods)]
    if hidden:
        inputs = plural(hidden, "more input")
        notes.append(f"{inputs}: in the complete table of HTML, LaTeX and CSV reports.")
    metric = metric_heading(results, results.primary_metrics[0])
    return Table(
        key="importance",
        title=f"Permutation importance, {metric}{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(tuple(_make_cells(*row)) for row in rows),
        notes=tuple(notes),
        methods=tuple((result.method.fingerprint,) for result, _ in rows),
    )


def _note_joint(results: Results, methods: Sequence[MethodResult]) -> Iterator[str]:
    """Yield a note on modalities whose features are not permuted one by one."""
    listed = {each.name for r in methods for each in r.importance if each.kind == "feature"}
    names = {each.name for r in methods for each in r.importance if each.kind == "modality"}
    variables = results.profile.variables if results.profile is not None else ()
    counts: dict[str, int] = {}
    for variable in variables:
        if (
            variable.role == "feature"
            and variable.modality in names
            and variable.name not in listed
        ):
            counts[variable.modality] = counts.get(variable.modality, 0) + 1
    if counts:
        text = join_and([f"{count} of {name}" for name, count in sorted(counts.items())])
        yield f"Features that are permuted together only: {text}."


def _make_whole_table(results: Results, methods: Sequence[MethodResult]) -> Table:
    rows = [(result, each) for result in methods for each in _sort(result)]
    return Table(
        key="all_importance",
        title=f"Permutation importance of all inputs{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(tuple(_make_cells(*row)) for row in rows),
        methods=tuple((result.method.fingerprint,) for result, _ in rows),
        exhaustive=True,
    )


def _make_cells(result: MethodResult, each: InputImportance) -> Iterator[Cell]:
    yield Cell(text=result.method.label)
    yield Cell(text=describe_input(each))
    loss = each.loss
    yield Cell(
        text=format_with_interval(loss.value, loss.low, loss.high),
        value=loss.value,
        low=loss.low,
        high=loss.high,
    )


def _draw(results: Results, methods: Sequence[MethodResult]) -> Iterator[Figure]:
    drawn = {result.method.fingerprint for result in drawn_methods(results)}
    shown = [result for result in methods if result.method.fingerprint in drawn][:MOST_PANELS]
    if not shown:
        return
    title = metric_title(results, results.primary_metrics[0])
    hidden = len(methods) - len(shown)
    texts = [
        f"{result.method.label}: "
        + ", ".join(
            f"{describe_input(each)} {format_difference(each.loss.value)}"
            for each in _list_shown(result)
        )
        for result in shown
    ]
    yield Figure(
        key="importance",
        title=figure_title(results, "Permutation importance"),
        alt=f"Loss of {title} with an input permuted. {'; '.join(texts)}.",
        panels=tuple(_draw_method(result, title, *_find_limits(shown)) for result in shown),
        notes=(f"{plural(hidden, 'more method is', 'more methods are')} in the table.",)
        if hidden
        else (),
    )


def _find_limits(methods: Sequence[MethodResult]) -> tuple[float, float]:
    """Return the limits of the axis of losses, which all panels share."""
    losses = [each.loss for result in methods for each in _list_shown(result)]
    bounds = np.array([(loss.low, loss.value, loss.high) for loss in losses])
    low, high = min(0.0, float(np.nanmin(bounds))), max(0.0, float(np.nanmax(bounds)))
    margin = 0.02 * (high - low) or 0.01
    return low - margin, high + margin


def _draw_method(result: MethodResult, title: str, low: float, high: float) -> Panel:
    shown, methods = _list_shown(result), (result.method.fingerprint,)
    marks: list[Mark] = []
    zero, rows = np.zeros(2), np.array([-0.5, len(shown) - 0.5])
    marks.append(Mark(kind="rule", x=zero, y=rows, methods=methods))
    for position, each in enumerate(shown):
        loss = each.loss
        marks += draw_estimate(
            loss.value, loss.low, loss.high, position, methods=methods, color=methods[0]
        )
    return Panel(
        title=result.method.label,
        x=Axis(title=f"Loss of {title} (mean, corrected 95 % interval)", low=low, high=high),
        y=Axis(title="", categories=tuple(map(describe_input, shown))),
        marks=tuple(marks),
        methods=methods,
    )
