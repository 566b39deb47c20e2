"""Power of the corrected test against the true difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, MarkKind, Panel, Results
from lnmbench.results import (
    aux_questions,
    format_decimal,
    format_difference,
    join_and,
    metric_title,
)
from lnmbench.stats.resampled import minimum_detectable_difference, power
from lnmbench_report.comparisons.contrasts import (
    Contrast,
    constant_notes,
    make_contrasts,
    pair_label,
    select_drawn,
)
from lnmbench_report.figure_parts import figure_title, reference_line

TARGET_POWER = 0.8
MOST_CURVES = 6
_POINTS = 121


def draw_power(results: Results) -> Iterator[Figure]:
    """Yield the power against the true difference for each auxiliary question."""
    questions = select_drawn(results, aux_questions(results))[:MOST_CURVES]
    contrasts = list(make_contrasts(results, questions))
    panels = [
        (metric, varying)
        for metric, group in contrasts
        if (varying := [contrast for contrast in group if not contrast.constant])
    ]
    if not panels:
        return
    sentences = list(_write_sentences(results, panels))
    yield Figure(
        key="power",
        title=figure_title(results, "Power"),
        alt=f"Power against the true difference. {' '.join(sentences)}",
        panels=tuple(_draw_panel(results, metric, group) for metric, group in panels),
        notes=(
            "Probability that the corrected test at 5 %, without Holm's correction, detects a true "
            "difference, given the spread over these folds. The dot is the observed difference in "
            "either direction: it shows the power at that difference, not whether it is real.",
            *sentences,
            *constant_notes(results, contrasts),
        ),
    )


def _draw_panel(results: Results, metric: str, contrasts: Sequence[Contrast]) -> Panel:
    ratio = results.protocol.test_train_ratio
    ends = [max(1.8 * _detectable(c, ratio), 1.1 * abs(c.test.estimate)) for c in contrasts]
    grid = np.linspace(0.0, max(ends), _POINTS)
    marks = [mark for contrast in contrasts for mark in _draw_curve(contrast, grid, ratio)]
    end = float(grid[-1])
    target = reference_line([0.0, end], [TARGET_POWER, TARGET_POWER], "80 % power")
    title = metric_title(results, metric)
    return Panel(
        title=title,
        x=Axis(title=f"True difference in {title}, either direction", low=0.0, high=end),
        y=Axis(title="Power of the corrected test", low=0.0, high=1.0),
        marks=(target, *marks),
    )


def _draw_curve(contrast: Contrast, grid: NDArray[np.float64], ratio: float) -> Iterator[Mark]:
    observed = np.array([abs(contrast.test.estimate)])
    series: tuple[tuple[MarkKind, NDArray[np.float64]], ...] = (
        ("line", grid),
        ("points", observed),
    )
    for kind, x in series:
        yield Mark(
            kind=kind,
            x=x,
            y=power(x, contrast.differences, test_train_ratio=ratio),
            name=pair_label(contrast.question),
            methods=contrast.methods,
            color=contrast.color,
        )


def _detectable(contrast: Contrast, ratio: float) -> float:
    return minimum_detectable_difference(
        contrast.differences, test_train_ratio=ratio, power=TARGET_POWER
    )


def _write_sentences(
    results: Results, panels: Sequence[tuple[str, Sequence[Contrast]]]
) -> Iterator[str]:
    ratio = results.protocol.test_train_ratio
    differences: dict[str, list[str]] = {}
    for metric, contrasts in panels:
        for contrast in contrasts:
            parts = differences.setdefault(pair_label(contrast.question), [])
            detectable = format_decimal(_detectable(contrast, ratio))
            observed = format_difference(contrast.test.estimate)
            parts.append(f"{detectable} in {metric_title(results, metric)} (observed {observed})")
    for pair, parts in differences.items():
        yield f"{pair}: 80 % power for a difference of {join_and(parts)}."
