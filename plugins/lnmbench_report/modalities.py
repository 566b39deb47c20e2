"""Ablation of modalities: each method with some of its modalities against itself with all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    IMAGE_MODALITY,
    MODALITIES,
    Axis,
    Block,
    Cell,
    Figure,
    Mark,
    Method,
    MethodResult,
    Panel,
    Results,
    Table,
    TableColumn,
    image_network,
)
from lnmbench.results import (
    Effect,
    ModalityGroup,
    Question,
    complete_methods,
    format_decimal,
    method_labels,
    metric_heading,
    metric_title,
    modality_groups,
    modality_names,
    primary_metrics_in_order,
    question_effects,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.effect_cells import effect_cells
from lnmbench_report.figure_parts import draw_estimate, figure_title
from lnmbench_report.performance import mean_cell

MOST_ROWS = 24
"""The largest number of methods in the figure."""
_PARAMETER = re.compile(rf"([:,]){MODALITIES}=[^,\s]+(,?)")
COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="modalities", heading="Modalities", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="mean", heading="Mean (95 % CI)"),
    TableColumn(key="difference", heading="Minus all (95 % CI)"),
    TableColumn(key="p", heading="p"),
)


class Modalities:
    """Each method with each set of modalities, and the difference from that with all of them."""

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return a table and a figure, or no block unless methods differ in modalities alone."""
        groups = modality_groups(results)
        metrics = primary_metrics_in_order(results)
        if not groups or not metrics:
            return []
        return [_make_table(results, groups, metrics), _draw_scores(results, groups, metrics)]


def _make_table(results: Results, groups: Sequence[ModalityGroup], metrics: Sequence[str]) -> Table:
    rows = [
        (group, method, metric)
        for group in groups
        for metric in metrics
        for method in group.methods
    ]
    return Table(
        key="modalities",
        title=f"Ablation of modalities{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(tuple(_make_cells(results, *row)) for row in rows),
        notes=(
            "Minus all: the difference from the same method with the most modalities, by the "
            "corrected test, not adjusted for the number of rows. A network without images has no "
            "encoder.",
        ),
        methods=tuple((method.fingerprint,) for _, method, _ in rows),
    )


def _make_cells(
    results: Results, group: ModalityGroup, method: Method, metric: str
) -> Iterator[Cell]:
    yield Cell(text=_name_group(results, group))
    yield Cell(text=" + ".join(modality_names(results, method)) or "none")
    yield Cell(text=metric_heading(results, metric))
    yield mean_cell(_result(results, method).summary[metric])
    if method.fingerprint == group.reference.fingerprint:
        yield from (Cell(text="reference"), Cell(text=""))
        return
    effect = _find_effect(results, group, method, metric)
    if effect is None or effect.undefined:
        yield from (Cell(text=""), Cell(text=""))
        return
    yield from effect_cells(effect)


def _name_group(results: Results, group: ModalityGroup) -> str:
    """Return the label of the methods of a group, without modalities: that with an encoder."""
    methods = [method for method in group.methods if image_network(method) is not None]
    method = methods[0] if methods else group.reference
    label = method_labels(results)[method.fingerprint]
    features = "+".join(name for name in modality_names(results, method) if name != IMAGE_MODALITY)
    label = label.replace(f"network on {features}", "network", 1)
    return _PARAMETER.sub(lambda match: match[1] if match[2] else "", label)


def _find_effect(
    results: Results, group: ModalityGroup, method: Method, metric: str
) -> Effect | None:
    """Return the effect of a method against that with all modalities, if they were compared."""
    effects = question_effects(results, Question(method=method, reference=group.reference))
    return next((effect for effect in effects if effect.metric == metric), None)


def _result(results: Results, method: Method) -> MethodResult:
    return next(r for r in complete_methods(results) if r.method.fingerprint == method.fingerprint)


def _draw_scores(
    results: Results, groups: Sequence[ModalityGroup], metrics: Sequence[str]
) -> Figure:
    methods = [(group, method) for group in groups for method in group.methods]
    drawn = methods[:MOST_ROWS]
    names = tuple(
        f"{_name_group(results, group)}, {' + '.join(modality_names(results, method))}"
        for group, method in drawn
    )
    texts = [
        f"{name} {format_decimal(_result(results, method).summary[metrics[0]].value)}"
        for name, (_, method) in zip(names, drawn, strict=True)
    ]
    hidden = len(methods) - len(drawn)
    return Figure(
        key="modalities",
        title=figure_title(results, "Scores by modalities"),
        alt=f"Mean {metric_title(results, metrics[0])}: {'; '.join(texts)}.",
        panels=tuple(
            Panel(
                title=metric_heading(results, metric),
                x=Axis(title=f"{metric_title(results, metric)} (mean, corrected 95 % interval)"),
                y=Axis(title="", categories=names),
                marks=tuple(
                    mark
                    for position, (_, method) in enumerate(drawn)
                    for mark in _draw_score(results, method, metric, position)
                ),
            )
            for metric in metrics
        ),
        notes=(f"{plural(hidden, 'more method is', 'more methods are')} in the table.",)
        if hidden
        else (),
    )


def _draw_score(results: Results, method: Method, metric: str, position: int) -> Iterator[Mark]:
    mean = _result(results, method).summary[metric]
    methods = (method.fingerprint,)
    return draw_estimate(
        mean.value, mean.low, mean.high, position, methods=methods, color="reference"
    )
