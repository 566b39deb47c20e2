"""Power of the corrected test in a new cohort against the true difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, MarkKind, Panel, Results
from lnmbench.results import (
    TARGET_POWER,
    Effect,
    aux_questions,
    can_show_effect,
    deciding_alpha,
    format_alpha,
    format_decimal,
    format_difference,
    join_and,
    metric_title,
    power_in_new_cohort,
    question_effects,
)
from lnmbench.stats.new_cohort import NewCohort
from lnmbench_report.cohort_text import independence_notes
from lnmbench_report.comparisons.contrasts import (
    Contrast,
    constant_notes,
    make_contrasts,
    pair_label,
    select_drawn,
)
from lnmbench_report.figure_parts import figure_title, reference_line

MOST_CURVES = 6
_POINTS = 121


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PowerContrast:
    """A contrast with its effect and its power in a new cohort."""

    contrast: Contrast
    effect: Effect
    cohort: NewCohort
    level: float

    @property
    def detectable(self) -> float:
        """The difference that a new cohort shows with 80 % power."""
        return self.cohort.detectable(power=TARGET_POWER, level=self.level)


def draw_power(results: Results) -> Iterator[Figure]:
    """Yield the power against the true difference for each auxiliary question."""
    questions = select_drawn(results, aux_questions(results))[:MOST_CURVES]
    questions = [question for question in questions if can_show_effect(results, question)]
    contrasts = list(make_contrasts(results, questions))
    panels = [
        (metric, powers)
        for metric, group in contrasts
        if (powers := list(_compute_powers(results, group)))
    ]
    if not panels:
        return
    sentences = list(_write_sentences(results, panels))
    alpha = format_alpha(1.0 - panels[0][1][0].level)
    yield Figure(
        key="power",
        title=figure_title(results, "Power"),
        alt=f"Power against the true difference. {' '.join(sentences)}",
        panels=tuple(_draw_panel(results, metric, group) for metric, group in panels),
        notes=(
            f"Probability that the corrected test with a new cohort of this size has p < {alpha}, "
            "Holm's threshold for the smallest p of the family. The standard error combines the "
            "spread over these folds and the sampling of patients that a difference implies: a "
            "method can only score better if it predicts some cases otherwise. The dot is the "
            "observed difference in either direction: it shows the power at that difference, not "
            "whether it is real.",
            *sentences,
            *constant_notes(results, contrasts),
            *independence_notes(results, "the power treats"),
        ),
    )


def _compute_powers(results: Results, contrasts: Sequence[Contrast]) -> Iterator[PowerContrast]:
    for contrast in contrasts:
        cohort = power_in_new_cohort(results, contrast.question, contrast.metric)
        if cohort is not None and not contrast.constant:
            effects = question_effects(results, contrast.question)
            effect = next(effect for effect in effects if effect.metric == contrast.metric)
            level = 1.0 - deciding_alpha(results, effect.role)
            yield PowerContrast(contrast=contrast, effect=effect, cohort=cohort, level=level)


def _draw_panel(results: Results, metric: str, powers: Sequence[PowerContrast]) -> Panel:
    ends = [
        max(1.8 * p.detectable, 1.1 * abs(p.effect.estimate))
        for p in powers
        if np.isfinite(p.detectable)
    ]
    greatest = max(float(p.cohort.curve.gains[-1]) for p in powers)
    grid = np.linspace(0.0, min(max(ends, default=greatest), greatest), _POINTS)
    marks = [mark for power in powers for mark in _draw_curve(power, grid)]
    end = float(grid[-1])
    target = reference_line([0.0, end], [TARGET_POWER, TARGET_POWER], "80 % power")
    title = metric_title(results, metric)
    return Panel(
        title=title,
        x=Axis(title=f"True difference in {title}, either direction", low=0.0, high=end),
        y=Axis(title="Power of the corrected test", low=0.0, high=1.0),
        marks=(target, *marks),
    )


def _draw_curve(power: PowerContrast, grid: NDArray[np.float64]) -> Iterator[Mark]:
    observed = np.array([abs(power.effect.estimate)])
    series: tuple[tuple[MarkKind, NDArray[np.float64]], ...] = (
        ("line", grid),
        ("points", observed),
    )
    for kind, x in series:
        yield Mark(
            kind=kind,
            x=x,
            y=power.cohort.power(x, level=power.level),
            name=pair_label(power.contrast.question),
            methods=power.contrast.methods,
            color=power.contrast.color,
        )


def _write_sentences(
    results: Results, panels: Sequence[tuple[str, Sequence[PowerContrast]]]
) -> Iterator[str]:
    new: dict[str, list[str]] = {}
    here: dict[str, list[str]] = {}
    for metric, powers in panels:
        title = metric_title(results, metric)
        for power in powers:
            pair, size = pair_label(power.contrast.question), power.detectable
            observed = format_difference(power.effect.estimate)
            text = f"a difference of {format_decimal(size)}" if np.isfinite(size) else "none"
            new.setdefault(pair, []).append(f"{text} in {title} (observed {observed})")
            splits = format_decimal(power.effect.detectable)
            here.setdefault(pair, []).append(f"{splits} in {title}")
    for pair, parts in new.items():
        yield (
            f"{pair}: 80 % power in a new cohort of this size for {join_and(parts)}; "
            f"by the spread over these folds alone, {join_and(here[pair])}."
        )
